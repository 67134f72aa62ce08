//! Client assertions: certificates and federated credentials in place of a secret.

use super::sts::{StsFault, sts_fault};
use crate::{
    address::Authority,
    clock::{instant, utc},
    credential::{Assertion, AssertionProblem, Expectation},
    directory::Tenant,
    protocol::{Fault, Params},
    provider::Provider,
    token::{ClientProof, TokenRequest, registered},
};

/// Verifies the assertion of a request, if it has one.
pub(super) fn prove(
    request: &mut TokenRequest,
    form: &Params,
    provider: &Provider,
    authority: &Authority,
) -> Result<(), StsFault> {
    let tenant = &provider.tenant;
    let shared = |fault: Fault| sts_fault(&fault, tenant);
    let ClientProof::Assertion(assertion) = &request.proof else {
        return Ok(());
    };
    let missing = |name| shared(Fault::MissingParameter(name));
    let client_id = request.client_id.as_deref();
    let client_id = client_id.ok_or_else(|| missing("client_id"))?;
    match form.get("client_assertion_type").as_deref() {
        Some(ASSERTION_TYPE) => {}
        Some(_) => return Err(unsupported_type()),
        None => return Err(missing("client_assertion_type")),
    }
    let client = registered(client_id, tenant).map_err(shared)?;
    let expected = Expectation {
        client_id: client.client_id(),
        certificates: client.certificates(),
        federated: client.federated_credentials(),
        is_audience: &|audience| is_audience(audience, authority, tenant),
        now: provider.clock.now(),
    };
    Assertion::read(assertion)
        .and_then(|assertion| assertion.verify(&expected))
        .map_err(|problem| refusal(&problem, client.client_id()))?;
    request.proof = ClientProof::Verified;
    Ok(())
}

/// The token endpoint, as Microsoft's page has it, or the issuer; of either version and with any
/// name of the tenant.
fn is_audience(audience: &str, authority: &Authority, tenant: &Tenant) -> bool {
    if audience == authority.issuer(tenant) {
        return true;
    }
    let rest = audience.strip_prefix(&authority.origin);
    let Some(path) = rest.and_then(|rest| rest.strip_prefix('/')) else {
        return false;
    };
    let (segment, rest) = path.split_once('/').unwrap_or((path, ""));
    let endpoints = ["oauth2/v2.0/token", "oauth2/token", "v2.0", "v2.0/", ""];
    tenant.is_called(segment) && endpoints.contains(&rest)
}

fn refusal(problem: &AssertionProblem, client_id: &str) -> StsFault {
    let (code, message) = match problem {
        AssertionProblem::Malformed => (50_027, "JWT token is invalid or malformed.".to_owned()),
        AssertionProblem::Algorithm => (
            5_002_730,
            "Invalid JWT token. Unsupported key for the signing algorithm.".to_owned(),
        ),
        AssertionProblem::OtherApplication => (
            700_021,
            format!(
                "Client assertion application identifier doesn't match 'client_id' parameter. \
                 {REVIEW}"
            ),
        ),
        AssertionProblem::UnknownKey(thumbprint) => {
            let named = thumbprint
                .as_ref()
                .map(|thumbprint| format!(" Thumbprint of key used by client: '{thumbprint}',"));
            let message = format!(
                "The certificate with identifier used to sign the client assertion is not \
                 registered on application. [Reason - The key was not found.,{} {}",
                named.unwrap_or_default(),
                advice(client_id)
            );
            (700_027, message)
        }
        AssertionProblem::Key {
            thumbprint,
            not_before,
            not_after,
            has_expired,
        } => {
            let reason = if *has_expired {
                "The key used is expired."
            } else {
                "The provided signature value did not match the expected signature value."
            };
            let message = format!(
                "Client assertion contains an invalid signature. [Reason - {reason}, Thumbprint of \
                 key used by client: '{thumbprint}', Found key 'Start={}, End={}', {}",
                utc(*not_before),
                utc(*not_after),
                advice(client_id)
            );
            (700_027, message)
        }
        AssertionProblem::Audience => (
            700_023,
            format!("Client assertion audience claim does not match Realm issuer. {REVIEW}"),
        ),
        AssertionProblem::Time {
            now,
            not_before,
            expires,
        } => {
            let message = format!(
                "Client assertion is not within its valid time range. Current time: {}, assertion \
                 valid from {}, expiry time of assertion {}. {REVIEW}",
                instant(*now),
                instant(*not_before),
                instant(*expires)
            );
            (700_024, message)
        }
        AssertionProblem::FederatedIssuer(name) => (700_211, unmatched("issuer", name)),
        AssertionProblem::FederatedAudience(name) => (700_212, unmatched("audience", name)),
        AssertionProblem::FederatedSubject(name) => (700_213, unmatched("subject", name)),
        AssertionProblem::FederatedSignature => (
            50_013,
            "Assertion failed signature validation. [Reason - The key was not found.]".to_owned(),
        ),
    };
    StsFault {
        code,
        error: "invalid_client",
        message,
    }
}

fn advice(client_id: &str) -> String {
    format!(
        "Please visit the Azure Portal, Graph Explorer or directly use MS Graph to see configured \
         keys for app Id '{client_id}'. Review the documentation at \
         https://docs.microsoft.com/en-us/graph/deployments to determine the corresponding service \
         endpoint and https://docs.microsoft.com/en-us/graph/api/application-get?view=graph-rest-1.0&tabs=http \
         to build a query request URL, such as \
         'https://graph.microsoft.com/beta/applications/{client_id}']."
    )
}

fn unmatched(what: &str, name: &str) -> String {
    format!(
        "No matching federated identity record found for presented assertion {what} '{name}'. \
         Check your federated identity credential Subject, Audience and Issuer against the \
         presented assertion. \
         https://learn.microsoft.com/entra/workload-id/workload-identity-federation"
    )
}

fn unsupported_type() -> StsFault {
    StsFault {
        code: 90_023,
        error: "invalid_request",
        message: "Unsupported 'client_assertion_type' value.".to_owned(),
    }
}

const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
const REVIEW: &str = "Review the documentation at \
                      https://learn.microsoft.com/entra/identity-platform/certificate-credentials .";
