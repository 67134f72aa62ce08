//! The steps of a registration, in an order in which a stop loses nothing: each looks first for what
//! is there, and what only Graph can tell is handed out before the next step can fail.

use serde_json::{Value, json};

use super::body::{self, Access, GRAPH};
use super::graph::Graph;
use super::permission::Permission;
use super::wanted::{SecretPlace, Wanted, WantedApi};
use crate::error::Error;
use crate::status::Status;
use crate::terminal::SecretText;

/// What was registered, as far as it is known.
#[derive(Debug, Default)]
pub(crate) struct Work {
    /// The application (client) id.
    pub(crate) client_id: Option<String>,
    /// A new secret, which nobody is told a second time.
    pub(crate) secret: Option<SecretText>,
    /// What is in the tenant now that was not, for people.
    pub(crate) made: Vec<String>,
    /// What is there as it should be.
    pub(crate) kept: Vec<String>,
    /// What people have to know.
    pub(crate) warnings: Vec<String>,
    object_id: String,
    /// The APIs that the app calls, with the names of their scopes.
    resources: Vec<(String, Vec<String>)>,
}

impl Work {
    /// Registers the app and its APIs, and takes a secret if there is none yet.
    ///
    /// # Errors
    ///
    /// Graph refuses something or does not answer. What was made until then is in here.
    pub(crate) async fn application(
        &mut self,
        graph: &mut Graph<'_>,
        wanted: &Wanted,
        wants_secret: bool,
    ) -> Result<(), Error> {
        let domain = self.domain(graph, wanted).await?;
        let present = self.present(graph, wanted).await?;
        let mut accesses = vec![body::sign_in_access()];
        for api in &wanted.apis {
            accesses.extend(self.api(graph, wanted, api, &domain).await?);
        }
        let name = format!("application {}", wanted.name);
        let application = match present {
            None => {
                let body = body::application(wanted, &domain, &accesses);
                let made = graph
                    .create("/v1.0/applications", body, Permission::Application)
                    .await?;
                self.made.push(name);
                made
            }
            Some(present) => {
                self.change(graph, &present, &name, || {
                    body::difference(&present, wanted, &domain, &accesses)
                })
                .await?;
                present
            }
        };
        text(&application, "id").clone_into(&mut self.object_id);
        self.client_id = Some(text(&application, "appId").to_owned());
        if wants_secret && wanted.secret != SecretPlace::Nowhere {
            let path = format!("/v1.0/applications/{}/addPassword", self.object_id);
            let body = json!({ "passwordCredential": { "displayName": wanted.tag } });
            let answer = graph.create(&path, body, Permission::Application).await?;
            let secret = answer["secretText"].as_str();
            self.secret = secret.map(SecretText::new);
            self.made.push("client secret".to_owned());
        }
        Ok(())
    }

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
        let sign_in = (
            GRAPH.to_owned(),
            vec!["openid".to_owned(), "offline_access".to_owned()],
        );
        let mut grants = vec![sign_in];
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

    /// Makes sure that the token is for the tenant of the profile, and returns its first domain.
    async fn domain(&mut self, graph: &mut Graph<'_>, wanted: &Wanted) -> Result<String, Error> {
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

    /// The registration of this app, by its id or its tag. One that has only the name may be somebody
    /// else's.
    async fn present(
        &mut self,
        graph: &mut Graph<'_>,
        wanted: &Wanted,
    ) -> Result<Option<Value>, Error> {
        let quoted = |text: &str| text.replace('\'', "''");
        if let Some(id) = &wanted.client_id {
            let found = applications(graph, &format!("appId eq '{id}'")).await?;
            return found.into_iter().next().map(Some).ok_or_else(|| {
                Error::refused(
                    format!("the tenant {} has no application {id}, which the profile names", wanted.tenant),
                    "take client_id out of the profile to register a new one, or choose the tenant that \
                     it is of",
                )
            });
        }
        let filter = format!("tags/any(t:t eq '{}')", quoted(&wanted.tag));
        if let Some(found) = applications(graph, &filter).await?.into_iter().next() {
            return Ok(Some(found));
        }
        let filter = format!("displayName eq '{}'", quoted(&wanted.name));
        let named = applications(graph, &filter).await?;
        match named.first() {
            None => Ok(None),
            Some(other) => Err(Error::refused(
                format!(
                    "the tenant has an application \"{}\" already, perhaps another one",
                    wanted.name
                ),
                format!(
                    "use it: cargo b2c-init tenant set --profile {} --client-id {}; or choose another --name",
                    wanted.profile,
                    text(other, "appId")
                ),
            )),
        }
    }

    /// An API of the tenant with the scopes that the app asks for. APIs of others are left alone.
    async fn api(
        &mut self,
        graph: &mut Graph<'_>,
        wanted: &Wanted,
        api: &WantedApi,
        domain: &str,
    ) -> Result<Option<Access>, Error> {
        let filter = format!(
            "identifierUris/any(u:u eq '{}')",
            api.uri.replace('\'', "''")
        );
        let found = applications(graph, &filter).await?.into_iter().next();
        let what = format!("API {}", api.uri);
        let is_own = api.uri.starts_with(&format!("https://{domain}/"));
        let application = match found {
            Some(present) => {
                let changed = self
                    .change(graph, &present, &what, || {
                        let scopes = body::missing_scopes(&present, &api.uri, &api.scopes)?;
                        Some(json!({ "api": { "oauth2PermissionScopes": scopes } }))
                    })
                    .await?;
                let mut present = present;
                if let Some(patch) = changed {
                    present["api"]["oauth2PermissionScopes"] =
                        patch["api"]["oauth2PermissionScopes"].clone();
                }
                present
            }
            None if is_own => {
                let body = body::api(&api.uri, &api.scopes, wanted.kind);
                let made = graph
                    .create("/v1.0/applications", body, Permission::Application)
                    .await?;
                self.made.push(what);
                made
            }
            None => {
                self.warnings.push(format!(
                    "{what} is not registered in this tenant: grant its permission in the portal"
                ));
                return Ok(None);
            }
        };
        let app_id = text(&application, "appId").to_owned();
        self.resources.push((app_id.clone(), api.scopes.clone()));
        Ok(Some(Access {
            scopes: body::scope_ids(&application, &api.scopes),
            app_id,
        }))
    }

    /// Sends the differences of a registration, if there are any, and returns them.
    async fn change(
        &mut self,
        graph: &mut Graph<'_>,
        present: &Value,
        what: &str,
        difference: impl FnOnce() -> Option<Value>,
    ) -> Result<Option<Value>, Error> {
        let Some(patch) = difference() else {
            self.kept.push(what.to_owned());
            return Ok(None);
        };
        let place = format!("/v1.0/applications/{}", text(present, "id"));
        graph
            .patch(&place, patch.clone(), Permission::Application)
            .await?;
        let changed: Vec<_> = patch
            .as_object()
            .into_iter()
            .flat_map(|all| all.keys())
            .collect();
        let changed: Vec<_> = changed.into_iter().map(String::as_str).collect();
        self.made.push(format!("{what}: {}", changed.join(", ")));
        Ok(Some(patch))
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

async fn applications(graph: &mut Graph<'_>, filter: &str) -> Result<Vec<Value>, Error> {
    graph
        .find("/v1.0/applications", Some(filter), Permission::Application)
        .await
}

fn text<'a>(object: &'a Value, key: &str) -> &'a str {
    object[key].as_str().unwrap_or_default()
}

const PRINCIPALS: &str = "/v1.0/servicePrincipals";
const FLOWS: &str = "/beta/identity/b2cUserFlows";
const EVENT_FLOWS: &str = "/v1.0/identity/authenticationEventsFlows";
