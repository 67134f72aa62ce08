use std::sync::Arc;

use axum::{
    body::to_bytes,
    extract::{Request, State},
    http::{Method, StatusCode, header, request},
    response::Response,
};

use super::{
    api, authorize, back_channel, cors, interaction, logout, metadata, misbehave,
    record::Recording,
    reply,
    run::{Server, stopped},
    token, userinfo,
    visit::{Visit, host, origin},
};
use crate::{
    address::{Place, Service, TenantPath, is_loopback_host},
    directory::{TenantKind, is_shared_authority},
    pages::{ICON, STYLESHEET, errors_document},
    protocol::{Fault, Language, Params},
    provider::{Provider, Providers},
    token::TokenRequest,
};

/// Answers every request.
pub(super) async fn dispatch(State(server): State<Server>, request: Request) -> Response {
    let providers = server.world.providers();
    let (parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, LONGEST_BODY).await else {
        return reply::empty(StatusCode::PAYLOAD_TOO_LARGE);
    };
    let form = Params::parse(&String::from_utf8_lossy(&body));
    let place = place(&parts, &providers);
    let provider = provider_of(&parts, &form, &place, &providers);
    let recording = Recording::start(&parts, &form, &place, Arc::clone(provider));
    let bad = match misbehave::collect(&parts, &recording.occasion(), provider) {
        Ok(bad) => bad,
        Err(response) => {
            recording.finish(&response);
            return *response;
        }
    };
    let language = language(&parts);
    let respond = || language.during(|| respond(&parts, &form, &place, provider, &providers));
    let answer = async {
        let mut response = misbehave::answer(&bad, place.endpoint(), provider, respond).await;
        // Before the browser is sent back, so that the application knows by then.
        if let Some(letters) = response.extensions_mut().remove() {
            back_channel::deliver(letters, provider).await;
        }
        response
    };
    let response = tokio::select! {
        response = answer => response,
        () = stopped(server.stopping.clone()) => reply::empty(StatusCode::SERVICE_UNAVAILABLE),
    };
    recording.finish(&response);
    response
}

/// The language that a person wants to read; one that is none is refused elsewhere.
fn language(parts: &request::Parts) -> Language {
    let query = Params::parse(parts.uri.query().unwrap_or_default());
    match query.get("ui_locales") {
        Some(locales) => Language::read(Some(&locales)).unwrap_or_default(),
        None => {
            let header = parts.headers.get(header::ACCEPT_LANGUAGE);
            Language::accepted(header.and_then(|value| value.to_str().ok()))
        }
    }
}

/// What the request is about. The host of an External ID tenant stands for the tenant.
fn place(parts: &request::Parts, providers: &Providers) -> Place {
    let path = parts.uri.path();
    let host = host(parts).filter(|host| !is_loopback_host(host));
    let tenant = host.and_then(|host| {
        let mut tenants = providers.all().map(|provider| &provider.tenant);
        tenants.find(|tenant| tenant.kind == TenantKind::ExternalId && tenant.is_served_at(host))
    });
    tenant
        .and_then(|tenant| Place::without_tenant(path, &tenant.name))
        .unwrap_or_else(|| Place::of(path))
}

/// The provider of the tenant that is asked for, or the default one.
fn provider_of<'a>(
    parts: &request::Parts,
    form: &Params,
    place: &Place,
    providers: &'a Providers,
) -> &'a Arc<Provider> {
    let Place::Tenant(path) = place else {
        return providers.default();
    };
    let query = Params::parse(parts.uri.query().unwrap_or_default());
    let policy = path.policy.clone().or_else(|| query.get("p"));
    // What was begun at `common` goes on in the tenant of the person.
    let grant = form.get("code").or_else(|| form.get("refresh_token"));
    if is_shared_authority(&path.tenant)
        && let Some(provider) = grant.and_then(|grant| providers.issuer_of(&grant))
    {
        return provider;
    }
    let authorization = parts.headers.get(header::AUTHORIZATION);
    let authorization = authorization.and_then(|value| value.to_str().ok());
    let client_id = query
        .get("client_id")
        .or_else(|| TokenRequest::new(form, authorization).client_id);
    // Where every name is good, one that is no tenant's says nothing.
    let is_public = providers.default().settings.public;
    let is_known = |host: &&str| {
        let mut all = providers.all();
        all.any(|provider| provider.tenant.is_served_at(host))
    };
    providers
        .find(
            host(parts).filter(|host| !is_public || is_known(host)),
            &path.tenant,
            policy.as_deref(),
            client_id.as_deref(),
        )
        .unwrap_or(providers.default())
}

fn respond(
    parts: &request::Parts,
    form: &Params,
    place: &Place,
    provider: &Provider,
    providers: &Providers,
) -> Response {
    let Some(origin) = origin(parts, providers) else {
        return reply::not_found();
    };
    if parts
        .uri
        .query()
        .is_some_and(|query| query.len() > LONGEST_QUERY)
    {
        return reply::empty(StatusCode::URI_TOO_LONG);
    }
    let is_get = matches!(parts.method, Method::GET | Method::HEAD);
    match place {
        Place::Start if is_get => {
            reply::page(StatusCode::OK, provider.pages.start(providers, &origin))
        }
        Place::Stylesheet if is_get => reply::asset("text/css; charset=utf-8", STYLESHEET),
        Place::Icon if is_get => reply::asset("image/svg+xml", ICON),
        Place::Errors if is_get && !wants_json(parts) => {
            reply::page(StatusCode::OK, provider.pages.errors(provider))
        }
        Place::Errors | Place::ErrorsDocument if is_get => reply::public_json(&errors_document()),
        Place::Api if is_get => api::me(parts, providers, &origin),
        Place::Tenant(path) => match Visit::new(provider, providers, parts, path, origin) {
            Some(visit) => at_user_flow(&visit, path, &parts.method, form),
            None => unknown_policy(parts, path, provider).unwrap_or_else(reply::not_found),
        },
        Place::Nowhere => reply::not_found(),
        _ => reply::empty(StatusCode::METHOD_NOT_ALLOWED),
    }
}

/// B2C names a policy that it does not know only where `?p=` has asked for it.
fn unknown_policy(
    parts: &request::Parts,
    path: &TenantPath,
    provider: &Provider,
) -> Option<Response> {
    let tenant = &provider.tenant;
    let is_here = host(parts).is_none_or(|host| tenant.is_served_at(host));
    if path.policy.is_some() || !tenant.kind.is_b2c() || !is_here || !tenant.is_called(&path.tenant)
    {
        return None;
    }
    let policy = Params::parse(parts.uri.query().unwrap_or_default()).get("p")?;
    if tenant.user_flow(&policy).is_some() {
        return None;
    }
    let fault = Fault::UnknownPolicy(policy);
    match path.service {
        Service::Authorize(_) | Service::Logout(_) => Some(reply::error_page(fault, provider)),
        Service::Token(_) => Some(token::refusal(fault, provider)),
        _ => None,
    }
}

fn wants_json(parts: &request::Parts) -> bool {
    let accept = parts.headers.get(header::ACCEPT);
    accept.is_some_and(|value| value.as_bytes().starts_with(b"application/json"))
}

fn at_user_flow(visit: &Visit<'_>, path: &TenantPath, method: &Method, form: &Params) -> Response {
    let is_get = matches!(*method, Method::GET | Method::HEAD);
    let is_post = *method == Method::POST;
    let is_b2c = visit.provider.tenant.kind.is_b2c();
    match &path.service {
        Service::Metadata(_) if is_get => metadata::discovery(visit),
        Service::Keys(_) if is_get => metadata::keys(visit),
        Service::Authorize(_) if is_get => authorize::authorize(visit),
        Service::Token(_) if *method == Method::OPTIONS => cors::preflight(visit),
        Service::Token(_) => cors::allow(token::token(visit, is_post, form), visit),
        Service::Logout(_) if is_get => logout::logout(visit, &visit.query),
        Service::Logout(_) if is_post && !is_b2c => logout::logout(visit, form),
        Service::Instance if is_get => metadata::instance(visit),
        Service::UserInfo if is_get || is_post => userinfo::userinfo(visit, form),
        Service::SelfAsserted if is_post => interaction::submit(visit, form),
        Service::Page(page) if is_get => interaction::follow(visit, page),
        Service::Authorize(_) | Service::Logout(_) => {
            reply::error_page(Fault::UnsupportedMethod(method.to_string()), visit.provider)
        }
        _ => reply::empty(StatusCode::METHOD_NOT_ALLOWED),
    }
}

const LONGEST_QUERY: usize = 8 * 1024;
const LONGEST_BODY: usize = 64 * 1024;
