//! axum-login: the session has the user's identifier, the app's backend has the user.

use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::Arc;

use ::axum::Router;
use ::axum::response::{Html, Redirect};
use ::axum::routing::get;
use axum_login::{AuthManagerLayerBuilder, AuthSession, AuthUser, AuthnBackend, UserId};
use tower_sessions_0_14::{MemoryStore, SessionManagerLayer};

use super::page;
use super::user::User;

/// Sessions and users in this process.
pub(super) fn app() -> Router {
    let sessions = SessionManagerLayer::new(MemoryStore::default()).with_secure(false);
    let user = Arc::new(User::signed_in());
    let users = Users(Arc::new(HashMap::from([(
        user.subject.clone(),
        Member(user),
    )])));
    let login_layer = AuthManagerLayerBuilder::new(users, sessions).build();
    let routes = Router::new()
        .route("/", get(home))
        .route("/login", get(login));
    routes.layer(login_layer)
}

async fn home(session: AuthSession<Users>) -> Html<String> {
    page(session.user.as_ref().map_or("nobody", |user| &user.0.name))
}

async fn login(mut session: AuthSession<Users>) -> Redirect {
    if let Ok(Some(user)) = session.backend.get_user(&User::signed_in().subject).await {
        // The error shows as a page without the user's name.
        let _ = session.login(&user).await;
    }
    Redirect::to("/")
}

/// Where users are kept; an app's would be a database.
#[derive(Clone, Debug)]
struct Users(Arc<HashMap<String, Member>>);

#[derive(Clone, Debug)]
struct Member(Arc<User>);

impl AuthUser for Member {
    type Id = String;

    fn id(&self) -> String {
        self.0.subject.clone()
    }

    fn session_auth_hash(&self) -> &[u8] {
        self.0.refresh_token.as_bytes()
    }
}

impl AuthnBackend for Users {
    type User = Member;
    type Credentials = ();
    type Error = Infallible;

    async fn authenticate(&self, (): ()) -> Result<Option<Member>, Infallible> {
        Ok(None)
    }

    async fn get_user(&self, id: &UserId<Self>) -> Result<Option<Member>, Infallible> {
        Ok(self.0.get(id).cloned())
    }
}
