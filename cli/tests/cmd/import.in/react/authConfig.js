import { LogLevel } from "@azure/msal-browser";

const tenant = 'contoso';

/** User flows of the tenant. */
export const b2cPolicies = {
    names: {
        signUpSignIn: "B2C_1_susi_v2",
        editProfile: "B2C_1_edit_profile_v2",
    },
    authorities: {
        signUpSignIn: {
            authority: `https://${tenant}.b2clogin.com/${tenant}.onmicrosoft.com/B2C_1_susi_v2`,
        },
        editProfile: {
            authority: `https://${tenant}.b2clogin.com/${tenant}.onmicrosoft.com/B2C_1_edit_profile_v2`,
        },
    },
    authorityDomain: `${tenant}.b2clogin.com`,
};

export const msalConfig = {
    auth: {
        clientId: process.env.REACT_APP_CLIENT_ID || "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0",
        authority: b2cPolicies.authorities.signUpSignIn.authority,
        knownAuthorities: [b2cPolicies.authorityDomain],
        redirectUri: "/", // You must register this URI on Azure Portal/App Registration.
        navigateToLoginRequestUrl: false,
    },
    cache: { cacheLocation: "sessionStorage", storeAuthStateInCookie: false },
    system: {
        loggerOptions: {
            loggerCallback: (level, message, containsPii) => {
                if (containsPii) { return; }
                switch (level) { case LogLevel.Error: console.error(message); return; default: return; }
            },
        },
    },
};

export const protectedResources = {
    apiTodoList: {
        endpoint: "http://localhost:5000/api/todolist",
        scopes: {
            read: ["https://contoso.onmicrosoft.com/TodoList/ToDoList.Read"],
            write: ["https://contoso.onmicrosoft.com/TodoList/ToDoList.ReadWrite"],
        },
    },
};

export const loginRequest = { scopes: ["openid"] };
