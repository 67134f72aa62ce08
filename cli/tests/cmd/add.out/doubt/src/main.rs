#[tokio::main]
async fn main() -> std::io::Result<()> {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:3000").await?;
    axum::serve(listener, Shop::routes()).await
}

struct Shop;

impl Shop {
    fn routes() -> axum::Router {
        axum::Router::new()
    }
}
