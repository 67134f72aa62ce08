//! User flows: those of B2C are made, one of External ID is linked.

use serde_json::{Value, json};

use super::body;
use super::graph::Graph;
use super::permission::Permission;
use super::wanted::Wanted;
use super::work::{Work, text};
use crate::error::Error;

impl Work {
    /// Makes the user flows of B2C that are not there.
    ///
    /// # Errors
    ///
    /// As those of [`application`](Self::application).
    pub(crate) async fn user_flows(
        &mut self,
        graph: &mut Graph<'_>,
        wanted: &Wanted,
    ) -> Result<(), Error> {
        if wanted.user_flows.is_empty() {
            return Ok(());
        }
        let known = graph.find(FLOWS, None, Permission::UserFlow).await?;
        for flow in &wanted.user_flows {
            let what = format!("user flow {}", flow.name);
            let same = |it: &&Value| {
                body::bare(text(it, "id")).eq_ignore_ascii_case(body::bare(&flow.name))
            };
            match known.iter().find(same) {
                Some(present) if present["userFlowType"] != flow.kind => {
                    self.warnings.push(format!(
                        "{what} is of type {}, and b2c.toml uses it as {}",
                        text(present, "userFlowType"),
                        flow.kind
                    ));
                }
                Some(_) => self.kept.push(what),
                None => {
                    let body = body::user_flow(&flow.name, flow.kind);
                    graph.create(FLOWS, body, Permission::UserFlow).await?;
                    self.made.push(what);
                    self.warnings.push(format!(
                        "the portal has to say which attributes and claims {} has; Graph has no way",
                        flow.name
                    ));
                }
            }
        }
        Ok(())
    }

    /// Links the application to a flow of External ID, which has to be there.
    ///
    /// # Errors
    ///
    /// There is no such flow; or as those of [`application`](Self::application).
    pub(crate) async fn link(&mut self, graph: &mut Graph<'_>, name: &str) -> Result<(), Error> {
        let client_id = self.client_id.clone().unwrap_or_default();
        let filter = format!("displayName eq '{}'", name.replace('\'', "''"));
        let found = graph
            .find(EVENT_FLOWS, Some(&filter), Permission::EventListener)
            .await?;
        let Some(flow) = found.first() else {
            return Err(Error::Usage(format!(
                "the tenant has no user flow \"{name}\"; make it in the portal: External Identities, User \
                 flows"
            )));
        };
        let path = format!(
            "{EVENT_FLOWS}/{}/conditions/applications/includeApplications",
            text(flow, "id")
        );
        let linked = graph.find(&path, None, Permission::EventListener).await?;
        let what = format!("link to the user flow {name}");
        if linked.iter().any(|it| it["appId"] == *client_id) {
            self.kept.push(what);
            return Ok(());
        }
        let body = json!({
            "@odata.type": "#microsoft.graph.authenticationConditionApplication",
            "appId": client_id,
        });
        graph.create(&path, body, Permission::EventListener).await?;
        self.made.push(what);
        Ok(())
    }
}

const FLOWS: &str = "/beta/identity/b2cUserFlows";
const EVENT_FLOWS: &str = "/v1.0/identity/authenticationEventsFlows";
