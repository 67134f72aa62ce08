//! Consent: the app in the tenant, and what it may do for everybody.

use serde_json::{Value, json};

use super::graph::Graph;
use super::microsoft_graph::{GRAPH, consented};
use super::permission::Permission;
use super::work::{Work, text};
use crate::error::Error;

impl Work {
    /// Makes the app known to the tenant and consents for everybody.
    ///
    /// # Errors
    ///
    /// As those of [`application`](Self::application).
    pub(crate) async fn consent(
        &mut self,
        graph: &mut Graph<'_>,
        wants_consent: bool,
    ) -> Result<(), Error> {
        let client_id = self.client_id.clone().unwrap_or_default();
        let own = self.principal(graph, &client_id).await?;
        if !wants_consent {
            let left = "consent is left to an administrator: API permissions, Grant admin consent";
            self.warnings.push(left.to_owned());
            return Ok(());
        }
        // Of one client for one API there is one grant.
        let mut grants = vec![(GRAPH.to_owned(), consented(&self.graph_scopes))];
        grants.append(&mut self.resources);
        let filter = format!("clientId eq '{own}'");
        let known = if graph.shows_only() && own.starts_with('{') {
            Vec::new()
        } else {
            graph
                .find(
                    "/v1.0/oauth2PermissionGrants",
                    Some(&filter),
                    Permission::Grant,
                )
                .await?
        };
        for (app_id, scopes) in grants {
            let resource = self.principal(graph, &app_id).await?;
            self.grant(graph, &known, &own, &resource, &scopes).await?;
        }
        Ok(())
    }

    /// What an application is in this tenant; made where it is not.
    async fn principal(&mut self, graph: &mut Graph<'_>, app_id: &str) -> Result<String, Error> {
        // One that is only shown is nowhere to be found.
        let is_real = !app_id.starts_with('{');
        if is_real {
            let filter = format!("appId eq '{app_id}'");
            let found = graph
                .find(PRINCIPALS, Some(&filter), Permission::Application)
                .await?;
            if let Some(found) = found.first() {
                return Ok(text(found, "id").to_owned());
            }
        }
        let body = json!({ "appId": app_id });
        let made = graph
            .create(PRINCIPALS, body, Permission::Application)
            .await?;
        Ok(text(&made, "id").to_owned())
    }

    async fn grant(
        &mut self,
        graph: &mut Graph<'_>,
        known: &[Value],
        client: &str,
        resource: &str,
        scopes: &[String],
    ) -> Result<(), Error> {
        let what = format!("consent to {}", scopes.join(" "));
        let same =
            |it: &&Value| it["resourceId"] == *resource && it["consentType"] == "AllPrincipals";
        let Some(present) = known.iter().find(same) else {
            let body = json!({
                "clientId": client,
                "consentType": "AllPrincipals",
                "resourceId": resource,
                "scope": scopes.join(" "),
            });
            graph
                .create("/v1.0/oauth2PermissionGrants", body, Permission::Grant)
                .await?;
            self.made.push(what);
            return Ok(());
        };
        let granted: Vec<&str> = text(present, "scope").split_whitespace().collect();
        let missing = scopes
            .iter()
            .map(String::as_str)
            .filter(|scope| !granted.contains(scope));
        let missing: Vec<&str> = missing.collect();
        if missing.is_empty() {
            self.kept.push(what);
            return Ok(());
        }
        let path = format!("/v1.0/oauth2PermissionGrants/{}", text(present, "id"));
        let scope = [granted, missing].concat().join(" ");
        let body = json!({ "scope": scope });
        graph.patch(&path, body, Permission::Grant).await?;
        self.made.push(what);
        Ok(())
    }
}

const PRINCIPALS: &str = "/v1.0/servicePrincipals";
