// Requests pages in parallel on one connection of HTTP/2; prints status and length of each answer.
// Arguments: ORIGIN CERTIFICATE-FILE PATH...
import { readFileSync } from "node:fs";
import { connect } from "node:http2";

const [origin, certificate, ...paths] = process.argv.slice(2);
const session = connect(origin, { ca: readFileSync(certificate) });

function request(path) {
  return new Promise((resolve, reject) => {
    const stream = session.request({ ":path": path });
    let status = 0;
    let length = 0;
    stream.on("response", (headers) => (status = headers[":status"]));
    stream.on("data", (chunk) => (length += chunk.length));
    stream.on("error", reject);
    // A stream that is reset with NO_ERROR ends too; only its code tells.
    stream.on("close", () => resolve(`${path} ${status} ${length} ${stream.rstCode}`));
  });
}

session.on("error", (error) => {
  console.error(error);
  process.exit(1);
});
const answers = await Promise.all(paths.map(request));
answers.forEach((answer) => console.log(answer));
session.close();
