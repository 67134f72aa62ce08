//! Whose tenant is the token for?

use super::graph::Graph;
use super::permission::Permission;
use super::wanted::Wanted;
use super::work::{Work, text};
use crate::error::Error;
use crate::status::Status;

impl Work {
    /// Makes sure that the token is for the tenant of the profile, and returns its first domain.
    pub(super) async fn domain(
        &mut self,
        graph: &mut Graph<'_>,
        wanted: &Wanted,
    ) -> Result<String, Error> {
        let found = graph
            .find("/v1.0/organization", None, Permission::Organization)
            .await;
        let organization = match found {
            Ok(found) => found.into_iter().next().unwrap_or_default(),
            // Who may register may not always look; then the requests themselves tell.
            Err(Error::Graph {
                reason,
                status: Status::Refused,
                ..
            }) if reason.contains("permission") => {
                self.warnings.push(
                    "Microsoft Graph does not tell whose tenant the token is for; it is taken for that of \
                     the profile"
                        .to_owned(),
                );
                return Ok(wanted.domain());
            }
            Err(error) => return Err(error),
        };
        let domains = organization["verifiedDomains"]
            .as_array()
            .cloned()
            .unwrap_or_default();
        let is_called = |name: &str| {
            text(&organization, "id").eq_ignore_ascii_case(name)
                || domains
                    .iter()
                    .any(|it| text(it, "name").eq_ignore_ascii_case(name))
        };
        let first = domains.iter().find(|it| it["isInitial"] == true);
        let first = first.map(|it| text(it, "name").to_owned());
        if !is_called(&wanted.tenant) && !is_called(&wanted.domain()) {
            return Err(Error::refused(
                format!(
                    "the token is for the tenant {}, and the profile \"{}\" for {}",
                    first
                        .as_deref()
                        .unwrap_or_else(|| text(&organization, "id")),
                    wanted.profile,
                    wanted.tenant
                ),
                format!(
                    "az login --tenant {} --allow-no-subscriptions",
                    wanted.domain()
                ),
            ));
        }
        Ok(first.unwrap_or_else(|| wanted.domain()))
    }
}
