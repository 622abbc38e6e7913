// A certified OpenID Connect provider, for the tests of signing in: whoever logs in as `jana` is jana@alfa.example, and
// so on. Its address is printed when it listens; it ends when its standard input does.
import { createServer } from "node:http";
import Provider from "oidc-provider";

const [redirect] = process.argv.slice(2);
const people = {
  jana: { email: "Jana@alfa.example", email_verified: true, organisation: "alfa", role: "staff" },
  petr: { email: "petr@beta.example", email_verified: true },
  eva: { email: "petr@beta.example", email_verified: false },
  olena: { email: "olena@gone.example", email_verified: true, organisation: ["nowhere", "beta"], role: ["member", "reviewer", "owner"] },
  nobody: { email: "nobody@example.org", email_verified: true, organisation: "nowhere", role: "admin" },
};
const server = createServer().listen(0, "127.0.0.1", () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const provider = new Provider(issuer, {
    clients: [{ client_id: "library", client_secret: "a secret of the test", redirect_uris: [redirect] }],
    claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["organisation", "role"] },
    cookies: { keys: ["of the test"] },
    pkce: { required: () => true },
    findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, ...people[id] }) }),
  });
  server.on("request", provider.callback());
  console.log(issuer);
});
process.stdin.on("end", () => process.exit()).resume();
