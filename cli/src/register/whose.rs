//! Whose tenant is the token for?

use super::graph::Graph;
use super::permission::Permission;
use super::wanted::Wanted;
use super::work::{Work, text};
use crate::error::Error;
use crate::guid::is_guid;
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
            // Who may register may not always look; then the token itself may tell.
            Err(Error::Graph {
                reason,
                status: Status::Refused,
                ..
            }) if reason.contains("permission") => {
                return self.by_token(graph.token_tenant().as_deref(), wanted);
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

    /// The same where only the token's claim `tid` tells, which is the tenant's id.
    fn by_token(&mut self, tenant: Option<&str>, wanted: &Wanted) -> Result<String, Error> {
        let named = &wanted.tenant;
        self.warnings.extend(wanted.lacks_domain());
        if tenant.is_some_and(|id| id.eq_ignore_ascii_case(named)) {
            return Ok(wanted.domain());
        }
        let is_other = tenant.is_some() && is_guid(named);
        if wanted.trusts_token && !is_other {
            self.warnings.push(format!(
                "Microsoft Graph does not tell whose tenant the token is for; it is taken for that of {named}"
            ));
            return Ok(wanted.domain());
        }
        let id = tenant.unwrap_or("no tenant that can be read");
        if is_other {
            return Err(Error::refused(
                format!(
                    "the token is for the tenant {id}, and the profile \"{}\" for {named}",
                    wanted.profile
                ),
                format!("az login --tenant {named} --allow-no-subscriptions"),
            ));
        }
        Err(Error::refused(
            format!(
                "Microsoft Graph does not tell whether the token is for the tenant {named}; the token says {id}"
            ),
            format!(
                "take one with the permission {}; or, if you know that it is for {named}, add --yes",
                Permission::Organization.name()
            ),
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::{Wanted, Work};
    use crate::project::Project;

    #[test]
    fn a_token_tells_its_tenant_by_id() {
        let ours = "5b1a7c3e-0d42-4f6b-9a58-c7e21f90d384";
        let theirs = "0e9d8c7b-6a5f-4e3d-a2c1-b0f1e2d3c4b5";
        let directory = tempfile::tempdir().expect("a directory");
        // Whether it is accepted without --yes, and with it.
        let judged = |named: &str, token: Option<&str>| {
            let text = format!("[profile.x.provider]\ntenant = \"{named}\"\n");
            std::fs::write(directory.path().join("b2c.toml"), text).expect("written");
            let project = Project::open(directory.path()).expect("a project");
            let mut wanted = Wanted::read(&project, "x", Some("demo")).expect("a tenant");
            [false, true].map(|yes| {
                wanted.trusts_token = yes;
                Work::default().by_token(token, &wanted).is_ok()
            })
        };
        assert_eq!(judged(ours, Some(&ours.to_uppercase())), [true, true]);
        assert_eq!(judged(ours, Some(theirs)), [false, false]);
        assert_eq!(judged("contoso", Some(theirs)), [false, true]);
        assert_eq!(judged(ours, None), [false, true]);
    }
}
