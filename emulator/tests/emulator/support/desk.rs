use b2c_emulator::{Emulator, EmulatorBuilder};
use reqwest::Method;
use serde_json::Value;

use super::{Bench, Page, Visitor};

/// A bench with the admin API beside it.
pub(crate) struct Desk {
    pub(crate) bench: Bench,
    pub(crate) admin: Visitor,
    bearer: String,
}

impl Desk {
    pub(crate) async fn new() -> Self {
        Self::of(Emulator::builder()).await
    }

    pub(crate) async fn of(builder: EmulatorBuilder) -> Self {
        let bench = Bench::of(builder.admin_port(0)).await;
        let admin = Visitor::new(&bench.emulator.admin_url().unwrap());
        let bearer = format!("Bearer {}", bench.emulator.admin_token().unwrap());
        Self {
            bench,
            admin,
            bearer,
        }
    }

    pub(crate) async fn ask(&mut self, method: Method, path: &str, body: &Value) -> Page {
        let body = if body.is_null() {
            Vec::new()
        } else {
            body.to_string().into_bytes()
        };
        let headers = [("authorization", self.bearer.as_str())];
        self.admin.request(method, path, &headers, body).await
    }

    pub(crate) async fn get(&mut self, path: &str) -> Value {
        let page = self.ask(Method::GET, path, &Value::Null).await;
        assert_eq!(page.status, 200, "{path}: {}", page.body);
        page.json()
    }
}
