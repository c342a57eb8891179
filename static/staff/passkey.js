// Makes or asks for a passkey, and sends what the browser says of it with the form.

const form = document.querySelector("[data-passkey]");
if (form && window.PublicKeyCredential) start();

function start() {
  const isNew = form.dataset.passkey === "create";
  const button = form.querySelector("[data-passkey-button]");
  const error = form.querySelector("[data-passkey-error]");
  const field = form.querySelector("[name=credential]");
  form.querySelector("[data-passkey-row]")?.removeAttribute("hidden");

  button.addEventListener("click", async () => {
    error.hidden = true;
    button.disabled = true;
    try {
      const publicKey = readable(JSON.parse(form.dataset.options).publicKey);
      const credential = await (isNew ? navigator.credentials.create({ publicKey }) : navigator.credentials.get({ publicKey }));
      field.value = JSON.stringify(sendable(credential));
      field.disabled = false;
      // The code beside it must not be sent along: which of the two is there says what is proven.
      const code = form.querySelector("[name=code]");
      if (code) code.disabled = true;
      form.submit();
    } catch {
      error.textContent = form.dataset.refused;
      error.hidden = false;
      button.disabled = false;
    }
  });
}

function readable(options) {
  const ids = (list) => (list ?? []).map((each) => ({ ...each, id: bytes(each.id) }));
  const read = { ...options, challenge: bytes(options.challenge) };
  if (options.user) read.user = { ...options.user, id: bytes(options.user.id) };
  if (options.excludeCredentials) read.excludeCredentials = ids(options.excludeCredentials);
  if (options.allowCredentials) read.allowCredentials = ids(options.allowCredentials);
  return read;
}

function sendable(credential) {
  const { response } = credential;
  const said = { clientDataJSON: text(response.clientDataJSON) };
  for (const name of ["attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (response[name]) said[name] = text(response[name]);
  }
  if (response.getTransports) said.transports = response.getTransports();
  return {
    id: credential.id,
    rawId: text(credential.rawId),
    type: credential.type,
    clientExtensionResults: credential.getClientExtensionResults(),
    response: said,
  };
}

function bytes(base64url) {
  const binary = atob(base64url.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(binary, (letter) => letter.charCodeAt(0));
}

function text(buffer) {
  const binary = String.fromCharCode(...new Uint8Array(buffer));
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}
