//! What the codes say, in a sentence each: Microsoft Learn, "Error codes: Azure Active Directory
//! B2C" and "Microsoft Entra authentication and authorization error codes".

/// `AADB2C{number}`, in the order of the numbers.
pub(super) const B2C: &[(u32, &str)] = &[
    (90004, "The request has no redirect URI."),
    (90005, "The redirect URI is no absolute URI."),
    (90006, "The redirect URI is not registered for this app."),
    (90007, "The app has no registered redirect URI."),
    (90008, "The request has no client id."),
    (
        90009,
        "The request has no nonce, and this response type needs one.",
    ),
    (90010, "The request has no scope."),
    (90011, "The policy is for another client id."),
    (90012, "The scope is not supported."),
    (90013, "The response type is not supported."),
    (90014, "The response mode is not supported."),
    (90018, "The client id is not registered in this tenant."),
    (90035, "The service is unavailable for some minutes."),
    (
        90037,
        "The directory failed while the request was processed.",
    ),
    (90038, "The request failed; it may work after a while."),
    (90043, "The value of prompt is none that B2C knows."),
    (
        90046,
        "B2C lost the journey's state: back button, cookies that are gone, another tab.",
    ),
    (90048, "An unhandled exception on the server."),
    (
        90051,
        "No identity provider suits the request, often for its domain_hint.",
    ),
    (
        90055,
        "The scope names no API: it must be a URI such as https://contoso.onmicrosoft.com/api/read.",
    ),
    (
        90056,
        "The scope is one of an API that the app may not call.",
    ),
    (
        90057,
        "The app may not get ID tokens from the authorization endpoint.",
    ),
    (90066, "There is no user flow or policy of this name."),
    (90068, "The app was not registered for this B2C tenant."),
    (
        90075,
        "A REST API that the journey calls answered with an error.",
    ),
    (
        90077,
        "Nobody is signed in, and prompt=none forbids to ask.",
    ),
    (90079, "The client secret is missing."),
    (90080, "The code or the refresh token has expired."),
    (90081, "The client secret is wrong, or has expired."),
    (
        90084,
        "The redirect URI is a public client's, which must not send a secret.",
    ),
    (90085, "An internal error; the user has to sign in again."),
    (
        90088,
        "The code or refresh token comes from another user flow or tenant.",
    ),
    (90090, "The code or refresh token is damaged."),
    (90091, "The user cancelled."),
    (90092, "The app is disabled in the tenant."),
    (
        90107,
        "The app gets no ID token: openid is missing in the scope, or not consented to.",
    ),
    (
        90110,
        "The scope has no openid, although an ID token is asked for.",
    ),
    (90111, "The account is locked until support unlocks it."),
    (90112, "The language is invalid or not supported."),
    (
        90114,
        "The account is locked for a while, after too many wrong passwords.",
    ),
    (
        90115,
        "The scope names no API (or client id) for the access token that a code brings.",
    ),
    (90117, "The scope is not supported."),
    (90118, "The user has forgotten the password."),
    (90119, "The user tried a step too often."),
    (90120, "max_age is not a number that is allowed."),
    (
        90121,
        "The session is older than max_age, and prompt=none forbids to ask.",
    ),
    (
        90123,
        "The scope lacks the client id, although an access token is asked for.",
    ),
    (90128, "The account of this grant is gone."),
    (
        90129,
        "The grant was revoked: a password reset, an administrator, a sign-out everywhere.",
    ),
    (
        90146,
        "The scope names two APIs; an access token is for one.",
    ),
    (90151, "The user tried the second factor too often."),
    (90157, "The user tried a page too often."),
    (
        90162,
        "A REST API that the journey calls failed each time it was tried.",
    ),
    (
        90174,
        "The identity provider behind B2C answered with an error.",
    ),
    (
        90182,
        "The PKCE code_verifier does not match the code_challenge.",
    ),
    (90183, "The PKCE code_verifier is invalid."),
    (
        90184,
        "The PKCE code_challenge_method is neither plain nor S256.",
    ),
    (
        90205,
        "The app has no permission for this API, or nobody has consented to it.",
    ),
    (
        90206,
        "The page took too long: it was left, or its scripts are blocked.",
    ),
    (90208, "The id_token_hint has expired."),
    (90209, "The id_token_hint is for another audience."),
    (90210, "The id_token_hint could not be validated."),
    (
        90211,
        "The state cookie is incomplete: cookies are blocked or were cut off.",
    ),
    (
        90212,
        "The state cookie is invalid: cookies are blocked or were changed.",
    ),
    (90229, "Too many requests; B2C asks to wait."),
    (
        90232,
        "The id_token_hint is of an issuer that is not accepted.",
    ),
    (90233, "The signature of the id_token_hint is wrong."),
    (90234, "The id_token_hint is not valid yet."),
    (90235, "The ID token that was given has expired."),
    (90236, "The ID token that was given is not valid yet."),
    (
        90237,
        "The ID token that was given is for another audience.",
    ),
    (
        90238,
        "The ID token that was given is of an issuer that is not accepted.",
    ),
    (
        90239,
        "The signature of the ID token that was given is wrong.",
    ),
    (90240, "The ID token that was given is malformed."),
    (
        90243,
        "The key or secret of the identity provider behind B2C is wrong or has expired.",
    ),
    (90244, "Too many requests at this moment."),
    (
        90255,
        "A step did not complete: back button, or a form sent twice.",
    ),
    (
        90261,
        "A REST API that the journey calls answered what cannot be parsed.",
    ),
    (90272, "The id_token_hint is missing."),
    (
        90273,
        "The identity provider behind B2C refused, mostly because the user declined there.",
    ),
    (90279, "The grant belongs to another client id."),
    (
        90289,
        "The identity provider behind B2C cannot be reached, or refuses B2C's own secret.",
    ),
    (90296, "The application has not been configured correctly."),
    (99001, "The user exists already."),
    (99002, "The user does not exist and must sign up first."),
    (99005, "The scope has a character that is not allowed."),
    (99059, "A public client has to send a PKCE code_challenge."),
];

/// `AADSTS{number}`, in the order of the numbers.
#[expect(clippy::unreadable_literal, reason = "codes, not quantities")]
pub(super) const ENTRA: &[(u32, &str)] = &[
    (
        16000,
        "Several accounts are signed in, or one that this app cannot use; the user has to choose.",
    ),
    (
        16001,
        "The account that the user chose is not signed in any more.",
    ),
    (16003, "The account is not in the app's tenant."),
    (
        20001,
        "The identity provider behind the tenant answered with an error.",
    ),
    (
        20012,
        "The answer of the identity provider behind the tenant is invalid.",
    ),
    (
        20033,
        "The federation metadata of the tenant has an invalid name.",
    ),
    (28000, "The scope names more than one API."),
    (
        28002,
        "The scope is not one that an access token can be asked for with.",
    ),
    (28003, "The scope is empty."),
    (
        40008,
        "The identity provider behind the tenant failed for good.",
    ),
    (
        40009,
        "The identity provider behind the tenant does not take its refresh token.",
    ),
    (
        40010,
        "The identity provider behind the tenant failed for now.",
    ),
    (
        40015,
        "The identity provider behind the tenant does not take its code.",
    ),
    (
        50001,
        "The API does not exist, or is not known in this tenant.",
    ),
    (50011, "The redirect URI is not registered for this app."),
    (
        50020,
        "The account is of another identity provider and no guest in this tenant.",
    ),
    (50034, "The account does not exist in the tenant."),
    (
        50053,
        "The account is locked, or the address is blocked, after too many attempts.",
    ),
    (50055, "The password has expired."),
    (50057, "The account is disabled."),
    (
        50058,
        "Nobody is signed in, and prompt=none forbids to ask.",
    ),
    (
        50059,
        "Neither the request nor the account tells the tenant.",
    ),
    (50072, "The user has to register a second factor."),
    (50074, "The user has to show a second factor."),
    (
        50076,
        "The user has to show a second factor: a new policy, or another place.",
    ),
    (50078, "The second factor was shown too long ago."),
    (
        50079,
        "The user has to register a second factor: a new policy, or another place.",
    ),
    (
        50089,
        "The sign-in took too long; its flow token has expired.",
    ),
    (50097, "The device has to prove itself."),
    (50105, "The user is not assigned to the app."),
    (
        50125,
        "The user has to reset the password or register for that.",
    ),
    (50126, "Wrong user name or password."),
    (50129, "The device has to be joined to the workplace."),
    (
        50132,
        "The session is no longer valid: the password has expired or was changed.",
    ),
    (
        50133,
        "The session was revoked: the password has expired or was changed.",
    ),
    (50140, "The user was asked whether to stay signed in."),
    (50144, "The user's Active Directory password has expired."),
    (
        50148,
        "The PKCE code_verifier does not match the code_challenge.",
    ),
    (
        50158,
        "A condition of another security service is not met yet.",
    ),
    (
        50168,
        "Chrome has to show its sign-in to the operating system's account.",
    ),
    (
        50173,
        "The grant was revoked; the user has to sign in anew.",
    ),
    (
        50177,
        "The user of another tenant cannot meet this tenant's conditions.",
    ),
    (
        50194,
        "The app is registered for one tenant, and /common was used.",
    ),
    (
        50196,
        "The app asks again and again for the same: a loop was stopped.",
    ),
    (
        53000,
        "The device does not comply with the tenant's policy.",
    ),
    (53001, "The device is not joined to the tenant's domain."),
    (
        53002,
        "The client app is not one that the tenant has approved.",
    ),
    (53003, "Conditional access blocks this sign-in."),
    (54005, "The code was redeemed before."),
    (65001, "Nobody has consented to what the app asks for."),
    (65004, "The user declined to consent."),
    (70000, "The code or refresh token is invalid."),
    (
        70001,
        "The app does not exist in the tenant or is disabled there.",
    ),
    (70002, "The app's credentials could not be validated."),
    (70003, "The grant type is not supported."),
    (70007, "The response mode is not supported."),
    (
        70008,
        "The code or refresh token has expired or was revoked.",
    ),
    (70011, "The scope is invalid."),
    (
        70043,
        "The refresh token ended by the tenant's sign-in frequency.",
    ),
    (
        90002,
        "The tenant does not exist, or has no active subscription.",
    ),
    (90012, "The request timed out at the provider."),
    (90033, "The directory is unavailable for a moment."),
    (90055, "The tenant gets too many requests."),
    (
        90072,
        "The account is of another identity provider and not in this tenant.",
    ),
    (90093, "The user may not consent; an administrator has to."),
    (90094, "An administrator has to consent."),
    (
        90095,
        "An administrator has to consent; the user may ask for it.",
    ),
    (
        165000,
        "The sign-in page's own tokens do not match: cookies are blocked, or the page is old.",
    ),
    (
        500112,
        "The redirect URI is another than that of the authorization request.",
    ),
    (500113, "The app has no registered redirect URI."),
    (500121, "The second factor failed."),
    (
        500207,
        "Accounts of this type cannot be used with this API.",
    ),
    (
        500208,
        "The domain is none whose accounts can sign in here.",
    ),
    (
        500011,
        "The API does not exist in the tenant, or nobody has consented to it there.",
    ),
    (
        501481,
        "The PKCE code_verifier does not match the code_challenge.",
    ),
    (530003, "The device has to be managed."),
    (530035, "The tenant's security defaults block this sign-in."),
    (
        650052,
        "The organization does not have the service that the app asks for.",
    ),
    (650053, "The API has no scope of this name."),
    (
        650056,
        "The registration is incomplete: permissions or consent are missing.",
    ),
    (
        650057,
        "The API is not among the permissions of the app registration.",
    ),
    (700016, "The app does not exist in the tenant."),
    (
        700024,
        "The client assertion is outside the time in which it is valid.",
    ),
    (
        700025,
        "The app is a public client, which must not send a secret or an assertion.",
    ),
    (
        700027,
        "The signature of the client assertion is wrong, or its certificate is not registered.",
    ),
    (
        700030,
        "The name in the certificate is not one that the app registration accepts.",
    ),
    (
        700051,
        "The app may not get access tokens from the authorization endpoint.",
    ),
    (
        700054,
        "The app may not get ID tokens from the authorization endpoint.",
    ),
    (
        700081,
        "The refresh token has reached its longest lifetime.",
    ),
    (700082, "The refresh token was not used for too long."),
    (
        700084,
        "The refresh token was a single-page app's, which live for a day.",
    ),
    (900144, "A parameter is missing."),
    (900561, "The endpoint takes POST only."),
    (900971, "The request has no redirect URI."),
    (7000112, "The app is disabled."),
    (
        7000215,
        "The client secret is wrong; often its id was taken for its value.",
    ),
    (7000216, "A client secret or assertion is missing."),
    (7000218, "A client secret or assertion is missing."),
    (7000222, "The client secret has expired."),
    (9002313, "The request is malformed."),
    (9002325, "PKCE is required of this client."),
    (
        9002326,
        "The redirect URI is no single-page app's, and a browser's script redeems the code.",
    ),
    (
        9002327,
        "The redirect URI is a single-page app's, whose codes only a browser's script may redeem.",
    ),
];

#[cfg(test)]
mod tests {
    use super::{B2C, ENTRA};
    use crate::protocol::error::{aadb2c, aadsts};

    fn numbers(table: &[(u32, &str)]) -> Vec<u32> {
        let mut numbers: Vec<_> = table.iter().map(|(number, _)| *number).collect();
        numbers.sort_unstable();
        numbers
    }

    #[test]
    fn every_code_that_the_layer_knows_has_a_meaning_and_no_other() {
        let known = (0..100_000).filter(|number| aadb2c::reaction(*number).is_some());
        assert_eq!(numbers(B2C), known.collect::<Vec<_>>());
        let known = (0..10_000_000).filter(|number| aadsts::reaction(*number).is_some());
        assert_eq!(numbers(ENTRA), known.collect::<Vec<_>>());
    }
}
