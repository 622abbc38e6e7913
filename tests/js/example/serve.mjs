// Serves the example pages, with the widgets out of node_modules, and hands /api on to a library:
//   node serve.mjs http://127.0.0.1:8000 [port]
// One address for both, as in production behind one proxy: so no other origin has to be allowed anything.
import { createReadStream } from "node:fs";
import { createServer, request } from "node:http";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";

const here = fileURLToPath(new URL(".", import.meta.url));
const packages = join(here, "..", "node_modules");
const library = new URL(process.argv[2] ?? "http://127.0.0.1:8000");
const types = { ".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".css": "text/css" };

function file(path) {
  const inside = normalize(path);
  return inside.startsWith("/node_modules/") ? join(packages, inside.slice(13)) : join(here, inside);
}

function send(path, answer) {
  const stream = createReadStream(file(path === "/" ? "/index.html" : path));
  stream.on("open", () => {
    answer.writeHead(200, { "content-type": types[extname(path)] ?? types[".html"] });
    stream.pipe(answer);
  });
  stream.on("error", () => answer.writeHead(404).end());
}

function handOn(asked, answer) {
  const options = { method: asked.method, path: asked.url, headers: { ...asked.headers, host: library.host } };
  const onwards = request(library, options, (answered) => {
    answer.writeHead(answered.statusCode, answered.headers);
    answered.pipe(answer);
  });
  onwards.on("error", () => answer.writeHead(502).end());
  asked.pipe(onwards);
}

const server = createServer((asked, answer) => {
  const { pathname } = new URL(asked.url, "http://here");
  if (pathname.startsWith("/api/")) handOn(asked, answer);
  else if (pathname === "/favicon.ico") answer.writeHead(204).end();
  else send(decodeURIComponent(pathname), answer);
});
server.listen(Number(process.argv[3] ?? 0), "127.0.0.1", () => {
  console.log(`http://127.0.0.1:${server.address().port}/`);
});
