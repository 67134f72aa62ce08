//! What a fresh emulator contains.

use super::{Api, Client, Tenant, User, UserFlow, Users};

impl Tenant {
    /// Creates the seeded tenant: three user flows, one API, the users Ada and Grace, and more.
    pub(crate) fn seeded(
        name: String,
        clients: Vec<Client>,
        more_users: Vec<User>,
        more_user_flows: Vec<UserFlow>,
    ) -> Self {
        let api = Api {
            client_id: API_CLIENT_ID.to_owned(),
            app_id_uri: format!("https://{name}/demo-api"),
            scopes: vec!["demo.read", "demo.write"],
        };
        let mut users = vec![ada(), grace()];
        for user in more_users {
            users.retain(|seeded| !seeded.sign_in_name.eq_ignore_ascii_case(&user.sign_in_name));
            users.push(user);
        }
        let mut user_flows = vec![
            UserFlow::sign_up_sign_in("B2C_1_signupsignin1"),
            UserFlow::profile_editing("B2C_1_profileediting1"),
            UserFlow::password_reset("B2C_1_passwordreset1"),
        ];
        for flow in more_user_flows {
            let known = user_flows
                .iter_mut()
                .find(|known| known.name().eq_ignore_ascii_case(flow.name()));
            match known {
                Some(known) => *known = flow,
                None => user_flows.push(flow),
            }
        }
        Self {
            name,
            id: TENANT_ID.to_owned(),
            clients,
            apis: vec![api],
            user_flows,
            users: Users::new(users),
        }
    }
}

impl Client {
    /// Returns the seeded application; without any URI it gets the default one.
    pub(crate) fn seeded(redirect_uris: Vec<String>) -> Self {
        let client = Self::new(CLIENT_ID, CLIENT_SECRET);
        if redirect_uris.is_empty() {
            client.redirect_uri(REDIRECT_URI)
        } else {
            redirect_uris.into_iter().fold(client, Self::redirect_uri)
        }
    }
}

fn ada() -> User {
    User::new("ada@emulator.example", PASSWORD)
        .object_id("aaaaaaaa-0000-1111-2222-bbbbbbbbbbbb")
        .display_name("Ada Lovelace")
        .given_name("Ada")
        .surname("Lovelace")
        .city("London")
        .country("United Kingdom")
        .into()
}

fn grace() -> User {
    User::new("grace@emulator.example", PASSWORD)
        .object_id("bbbbbbbb-1111-2222-3333-cccccccccccc")
        .display_name("Grace Hopper")
        .given_name("Grace")
        .surname("Hopper")
        .city("Arlington")
        .country("United States")
        .into()
}

const TENANT_ID: &str = "aaaabbbb-0000-cccc-1111-dddd2222eeee";
const CLIENT_ID: &str = "00001111-aaaa-2222-bbbb-3333cccc4444";
const CLIENT_SECRET: &str = "emulator-secret-not-for-production";
const REDIRECT_URI: &str = "http://localhost:5000/getAToken";
const API_CLIENT_ID: &str = "11112222-bbbb-3333-cccc-4444dddd5555";
const PASSWORD: &str = "Passw0rd!";
