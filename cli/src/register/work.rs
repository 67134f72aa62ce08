//! The steps of a registration, in an order in which a stop loses nothing: each looks first for what
//! is there, and what only Graph can tell is handed out before the next step can fail.

use serde_json::{Value, json};

use super::body::{self, Access};
use super::graph::Graph;
use super::microsoft_graph;
use super::permission::Permission;
use super::wanted::{SecretPlace, Wanted, WantedApi};
use crate::day::Day;
use crate::error::Error;
use crate::terminal::SecretText;

/// What was registered, as far as it is known.
#[derive(Debug, Default)]
pub(crate) struct Work {
    /// The application (client) id.
    pub(crate) client_id: Option<String>,
    /// A new secret, which nobody is told a second time.
    pub(crate) secret: Option<SecretText>,
    /// The day on which it ends, as Graph says.
    pub(crate) secret_expires: Option<Day>,
    /// What is in the tenant now that was not, for people.
    pub(crate) made: Vec<String>,
    /// What is there as it should be.
    pub(crate) kept: Vec<String>,
    /// What people have to know.
    pub(crate) warnings: Vec<String>,
    object_id: String,
    /// The APIs that the app calls, with the names of their scopes.
    pub(super) resources: Vec<(String, Vec<String>)>,
    /// Those of Microsoft Graph, besides what every sign-in needs.
    pub(super) graph_scopes: Vec<String>,
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
        let mut accesses = vec![microsoft_graph::access(&wanted.graph_scopes)];
        self.graph_scopes.clone_from(&wanted.graph_scopes);
        for api in &wanted.apis {
            let access = self.api(graph, wanted, api, &domain).await?;
            if let Some(access) = access {
                body::join(&mut accesses, access);
            }
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
            // Graph tells a secret once: one that is there is of no use here, and stays for who has it.
            let known = application["passwordCredentials"].as_array();
            let same = |it: &&Value| it["displayName"] == *wanted.tag;
            for credential in known.into_iter().flatten().filter(same) {
                self.warnings.push(format!(
                    "the application has a client secret named {} already (key id {}), which nobody is told \
                     again: another is added; remove the old one in the portal when nothing uses it",
                    wanted.tag,
                    text(credential, "keyId")
                ));
            }
            let path = format!("/v1.0/applications/{}/addPassword", self.object_id);
            let body = json!({ "passwordCredential": { "displayName": wanted.tag } });
            let answer = graph.create(&path, body, Permission::Application).await?;
            let secret = answer["secretText"].as_str();
            self.secret = secret.map(SecretText::new);
            self.secret_expires = answer["endDateTime"].as_str().and_then(Day::of_instant);
            self.made.push("client secret".to_owned());
        }
        Ok(())
    }

    /// The registration of this app, by its id. One that has only its tag or its name may be somebody
    /// else's: whoever may register applications chooses both.
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
        let mut tagged = applications(graph, &filter).await?;
        if let Some(found) = tagged.pop() {
            if tagged.is_empty() && wanted.adopts {
                return Ok(Some(found));
            }
            tagged.push(found);
            return Err(ambiguous(wanted, &tagged));
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
                    "use it: {} --client-id {}; or choose another --name",
                    wanted.set,
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
            None if api.is_of(domain) => {
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
        // An API may have several App ID URIs, and has one grant.
        match self.resources.iter_mut().find(|(id, _)| *id == app_id) {
            Some((_, scopes)) => scopes.extend(api.scopes.iter().cloned()),
            None => self.resources.push((app_id.clone(), api.scopes.clone())),
        }
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
}

/// Nobody but people can say whether these are theirs.
fn ambiguous(wanted: &Wanted, tagged: &[Value]) -> Error {
    let ids: Vec<_> = tagged.iter().map(|it| text(it, "appId")).collect();
    let set = format!(
        "{} --client-id {}",
        wanted.set,
        if let [only] = ids.as_slice() {
            only
        } else {
            "ID"
        }
    );
    let reason = format!(
        "the tenant has {} with the tag {}, and the profile names none: {}",
        if ids.len() == 1 {
            "an application"
        } else {
            "several applications"
        },
        wanted.tag,
        ids.join(", ")
    );
    let hint = if ids.len() == 1 {
        format!(
            "anybody who registers applications there can give it that tag: look in the portal whose it is. \
             If it is this project's, add --adopt, or {set}; if not, choose another --name"
        )
    } else {
        format!("look in the portal which one is this project's, and name it: {set}")
    };
    Error::refused(reason, hint)
}

async fn applications(graph: &mut Graph<'_>, filter: &str) -> Result<Vec<Value>, Error> {
    graph
        .find("/v1.0/applications", Some(filter), Permission::Application)
        .await
}

/// A text of an object; empty where there is none.
pub(super) fn text<'a>(object: &'a Value, key: &str) -> &'a str {
    object[key].as_str().unwrap_or_default()
}
