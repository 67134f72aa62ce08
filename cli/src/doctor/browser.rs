//! What a browser would do first: ask the app's layer to sign in, and come back from the provider.

use std::convert::Infallible;

use http::{Request, Response, StatusCode, header};
use reqwest::Url;
use tower::{Layer, ServiceExt, service_fn};
use tower_b2c::{B2cLayer, Challenge};

/// A sign-in that the layer began.
pub(super) struct Begun {
    /// Where it sends the browser: the authorization request.
    pub(super) authorize: Url,
    /// What the browser keeps meanwhile.
    cookies: String,
}

impl Begun {
    /// One parameter of the authorization request.
    pub(super) fn parameter(&self, name: &str) -> Option<String> {
        let mut pairs = self.authorize.query_pairs();
        pairs.find_map(|(key, value)| (key == name).then(|| value.into_owned()))
    }
}

/// Opens a page that needs a user of this provider; `None` if that does not lead to the provider.
pub(super) async fn begin(layer: &B2cLayer, provider: &str) -> Option<Begun> {
    let request = Request::get("/").body(String::new()).ok()?;
    let answer = send(layer, request, Some(provider)).await?;
    let location = answer.headers().get(header::LOCATION)?.to_str().ok()?;
    let cookies = answer.headers().get_all(header::SET_COOKIE).iter();
    let cookies = cookies.filter_map(|cookie| cookie.to_str().ok()?.split(';').next());
    Some(Begun {
        authorize: location.parse().ok()?,
        cookies: cookies.collect::<Vec<_>>().join("; "),
    })
}

/// Comes back with a code that nobody issued, so that the layer tries to redeem it.
pub(super) async fn come_back(layer: &B2cLayer, begun: &Begun) -> Option<()> {
    let redirect: Url = begun.parameter("redirect_uri")?.parse().ok()?;
    let mut answer = redirect.clone();
    answer
        .query_pairs_mut()
        .append_pair("code", MADE_UP)
        .append_pair("state", &begun.parameter("state")?);
    let parameters = answer.query().unwrap_or_default().to_owned();
    let request = if begun.parameter("response_mode").as_deref() == Some("form_post") {
        Request::post(redirect.path())
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(parameters)
    } else {
        Request::get(format!("{}?{parameters}", redirect.path())).body(String::new())
    };
    let mut request = request.ok()?;
    let cookies = begun.cookies.parse().ok()?;
    request.headers_mut().insert(header::COOKIE, cookies);
    send(layer, request, None).await.map(drop)
}

async fn send(
    layer: &B2cLayer,
    mut request: Request<String>,
    wants: Option<&str>,
) -> Option<Response<()>> {
    let headers = request.headers_mut();
    headers.insert(
        header::ACCEPT,
        header::HeaderValue::from_static("text/html"),
    );
    for (name, value) in [
        ("sec-fetch-mode", "navigate"),
        ("sec-fetch-dest", "document"),
    ] {
        headers.insert(name, header::HeaderValue::from_static(value));
    }
    let wants = wants.map(str::to_owned);
    let page = service_fn(move |_: Request<String>| {
        let mut answer = Response::new(String::new());
        if let Some(provider) = &wants {
            *answer.status_mut() = StatusCode::UNAUTHORIZED;
            let challenge = Challenge::sign_in().at_provider(provider);
            answer.extensions_mut().insert(challenge);
        }
        std::future::ready(Ok::<_, Infallible>(answer))
    });
    let answer = layer.layer(page).oneshot(request).await.ok()?;
    Some(answer.map(drop))
}

const MADE_UP: &str = "cargo-b2c-init-doctor";
