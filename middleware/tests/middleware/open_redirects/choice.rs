//! The links of the page on which people choose a provider.

use b2c_emulator::{Client, Tenant};
use http::{HeaderMap, Method, StatusCode};
use url::Url;

use super::{asks, corpus, queries, request};
use crate::support::{APP, OTHER_SECRET, World, stays};

#[tokio::test]
async fn the_choice_of_a_provider() {
    let world = World::with()
        .emulator(|builder| {
            let client = Client::new("11112222-bbbb-3333-cccc-4444dddd5555", OTHER_SECRET)
                .redirect_uri(format!("{APP}/login/staff/callback"));
            builder.add_tenant(Tenant::entra("fabrikam").client(client))
        })
        .settings(|emulator| {
            let (base, tenant) = (emulator.base_url(), emulator.tenant());
            let client_id = emulator.client().client_id();
            format!(
                "[app]\nbase_url = \"{APP}\"\n[session]\ncookie_key = {{ env = \"KEY\" }}\n\
                 [providers.customers]\nemulator = true\ninstance = \"{base}\"\ntenant = \"{tenant}\"\n\
                 client_id = \"{client_id}\"\nclient_secret = {{ env = \"SECRET\" }}\n\
                 user_flows = {{ sign_up_sign_in = \"B2C_1_signupsignin1\" }}\n\
                 [providers.staff]\nkind = \"entra\"\nemulator = true\ninstance = \"{base}\"\n\
                 tenant = \"fabrikam.onmicrosoft.com\"\n\
                 client_id = \"11112222-bbbb-3333-cccc-4444dddd5555\"\n\
                 client_secret = {{ env = \"OTHER_SECRET\" }}\n"
            )
        })
        .build()
        .await;
    for entry in corpus() {
        let (provider, back) = (
            &queries("provider", &entry)[0],
            &queries("return_to", &entry)[0],
        );
        let uri = format!("/login?{provider}&{back}");
        let answer = asks(
            &world,
            request(Method::GET, &uri, &HeaderMap::new()).unwrap(),
        )
        .await;
        assert_eq!(
            answer.status(),
            StatusCode::OK,
            "a provider of no such name is none"
        );
        let page = axum::body::to_bytes(answer.into_body(), 1 << 20)
            .await
            .unwrap();
        let page = String::from_utf8(page.to_vec()).unwrap();
        let links: Vec<_> = page.split("href=\"").skip(1).collect();
        assert_eq!(links.len(), 3, "two providers and the way home: {page}");
        for link in links {
            let link = link
                .split('"')
                .next()
                .unwrap()
                .replace("&amp;", "&")
                .replace("&#x2f;", "/");
            stays(&link, APP, &entry);
            let link = Url::parse(APP).unwrap().join(&link).unwrap();
            let mut asked = link.query_pairs();
            if let Some((_, back)) = asked.find(|(name, _)| name == "return_to") {
                stays(&back, APP, &entry);
            }
        }
    }
}
