CLIENT_ID = "0f1e2d3c"
CLIENT_SECRET = "Tk8Q~a-secret-of-nobody
REDIRECT_PATH = "/getAToken"
