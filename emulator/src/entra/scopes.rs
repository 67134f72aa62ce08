use crate::{
    directory::{Client, Tenant},
    protocol::{Access, Fault, Scopes},
};

/// Reads a `scope` parameter. Without a resource the access token is for Microsoft Graph.
pub(crate) fn read(parameter: &str, client: &Client, tenant: &Tenant) -> Result<Scopes, Fault> {
    let mut scopes = Scopes::default();
    let mut oidc = Vec::new();
    let mut resources: Vec<(&str, &str)> = Vec::new();
    let mut requested = Vec::new();
    for scope in parameter.split(' ').filter(|scope| !scope.is_empty()) {
        match scope {
            "openid" | "profile" | "email" => {
                scopes.openid |= scope == "openid";
                oidc.push(scope);
            }
            "offline_access" => scopes.offline_access = true,
            _ => {
                resources.push(find(scope, client, tenant)?);
                requested.push(scope);
            }
        }
    }
    let resource = resources.first().map_or(GRAPH, |(resource, _)| resource);
    if resources.iter().any(|(other, _)| *other != resource) {
        return Err(Fault::SeveralResources(parameter.to_owned()));
    }
    let mut names: Vec<String> = Vec::new();
    for (_, name) in &resources {
        match *name {
            DEFAULT => names.extend(granted(resource, client, tenant)),
            name => names.push(name.to_owned()),
        }
    }
    if resource == GRAPH {
        names.extend(oidc.iter().map(|&scope| scope.to_owned()));
    }
    names.dedup();
    let all = oidc.into_iter().chain(requested);
    scopes.access = Some(Access {
        resource: resource.to_owned(),
        names,
        requested: all.map(ToOwned::to_owned).collect(),
    });
    Ok(scopes)
}

/// The resource, by client id, and the name of one of its scopes.
pub(super) fn find<'a>(
    scope: &'a str,
    client: &'a Client,
    tenant: &'a Tenant,
) -> Result<(&'a str, &'a str), Fault> {
    if let Some(name) = scope.strip_prefix(GRAPH_URI) {
        return Ok((GRAPH, name));
    }
    let own = scope
        .strip_suffix("/.default")
        .filter(|id| id.eq_ignore_ascii_case(client.client_id()));
    if own.is_some() {
        return Ok((client.client_id(), DEFAULT));
    }
    for api in &tenant.apis {
        let short = scope
            .strip_prefix(api.client_id.as_str())
            .and_then(|rest| rest.strip_prefix('/'));
        let Some(name) = api.scope_name(scope).or(short) else {
            continue;
        };
        if name == DEFAULT {
            return Ok((&api.client_id, DEFAULT));
        }
        if !api.scopes.iter().any(|known| known == name) {
            break;
        }
        return if client.may_use(name) {
            Ok((&api.client_id, name))
        } else {
            Err(Fault::NotPermitted)
        };
    }
    // A name without a resource is one of Graph's.
    let is_graph = ["User.Read", "User.ReadBasic.All", "User.ReadWrite"]
        .iter()
        .any(|known| known.eq_ignore_ascii_case(scope));
    if is_graph {
        Ok((GRAPH, scope))
    } else {
        Err(Fault::UnsupportedScope(scope.to_owned()))
    }
}

fn granted(resource: &str, client: &Client, tenant: &Tenant) -> Vec<String> {
    let api = tenant.apis.iter().find(|api| api.client_id == resource);
    let names = api.into_iter().flat_map(|api| api.scopes.iter());
    names
        .filter(|name| client.may_use(name))
        .map(ToString::to_string)
        .collect()
}

pub(super) const DEFAULT: &str = ".default";
pub(crate) const GRAPH: &str = "00000003-0000-0000-c000-000000000000";
const GRAPH_URI: &str = "https://graph.microsoft.com/";

#[cfg(test)]
mod tests {
    use super::*;

    fn read_for(client: &Client, parameter: &str) -> Result<Scopes, Fault> {
        let tenant = Tenant::entra("t").build().unwrap();
        read(parameter, client, &tenant)
    }

    #[test]
    fn falls_back_to_graph() {
        let client = Client::new("app", "secret");
        let scopes = read_for(&client, "openid profile offline_access").unwrap();
        let access = scopes.access.unwrap();
        assert!(scopes.openid && scopes.offline_access);
        assert_eq!(access.resource, GRAPH);
        assert_eq!(access.names, ["openid", "profile"]);
    }

    #[test]
    fn knows_the_spellings_of_an_api() {
        let client = Client::new("app", "secret").granted_scopes(["demo.read"]);
        let id = "11112222-bbbb-3333-cccc-4444dddd5555";
        for scope in [
            format!("api://{id}/demo.read"),
            format!("{id}/demo.read"),
            format!("api://{id}/.default"),
        ] {
            let access = read_for(&client, &scope).unwrap().access.unwrap();
            assert_eq!(
                (access.resource.as_str(), access.names),
                (id, vec!["demo.read".to_owned()])
            );
            assert_eq!(access.requested, [scope]);
        }
        assert_eq!(
            read_for(&client, &format!("api://{id}/demo.write")),
            Err(Fault::NotPermitted)
        );
        assert_eq!(
            read_for(&client, "nonsense"),
            Err(Fault::UnsupportedScope("nonsense".into()))
        );
        let two = format!("api://{id}/demo.read User.Read");
        assert_eq!(
            read_for(&client, &two),
            Err(Fault::SeveralResources(two.clone()))
        );
    }
}
