/**
 * Passkeys: a form marked data-passkey asks the browser before it is sent.
 *
 * What the server wants lies in the form as JSON, or at the address data-passkey-options. Forms that
 * ask for a key are hidden until the browser is known to have keys.
 */

interface Options {
  publicKey: PublicKeyCredentialCreationOptionsJSON & PublicKeyCredentialRequestOptionsJSON;
}

async function optionsOf(form: HTMLFormElement): Promise<Options> {
  const address = form.dataset.passkeyOptions;
  if (address) {
    const reply = await fetch(address, { headers: { Accept: "application/json" } });
    return ((await reply.json()) as { request_options: Options }).request_options;
  }
  const script = form.querySelector<HTMLScriptElement>('script[type="application/json"]');
  return JSON.parse(script?.textContent ?? "{}") as Options;
}

/** A key that signs in alone has to be found without a name, and has to know its holder. */
function aloneIfWanted(
  form: HTMLFormElement,
  asked: PublicKeyCredentialCreationOptionsJSON,
): PublicKeyCredentialCreationOptionsJSON {
  if (!form.querySelector<HTMLInputElement>('input[name="passwordless"]')?.checked) return asked;
  const selection: AuthenticatorSelectionCriteria = {
    ...asked.authenticatorSelection,
    residentKey: "required",
    requireResidentKey: true,
    userVerification: "required",
  };
  return { ...asked, authenticatorSelection: selection };
}

async function ask(form: HTMLFormElement): Promise<PublicKeyCredential | null> {
  const { publicKey } = await optionsOf(form);
  const found =
    form.dataset.passkey === "create"
      ? await navigator.credentials.create({
          publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(
            aloneIfWanted(form, publicKey),
          ),
        })
      : await navigator.credentials.get({
          publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(publicKey),
        });
  return found as PublicKeyCredential | null;
}

async function send(form: HTMLFormElement): Promise<void> {
  const fault = form.querySelector<HTMLElement>("[data-passkey-fault]");
  const field = form.querySelector<HTMLInputElement>('input[name="credential"]');
  if (fault) fault.hidden = true;
  try {
    const credential = await ask(form);
    if (!credential || !field) throw new Error("no credential");
    field.value = JSON.stringify(credential.toJSON());
    form.submit();
  } catch {
    // Also when the person closed the browser's window: the sentence says what to do next.
    if (fault) fault.hidden = false;
  }
}

export function enhancePasskeys(root: HTMLElement): void {
  if (typeof PublicKeyCredential === "undefined") return;
  for (const form of root.querySelectorAll<HTMLFormElement>("form[data-passkey]")) {
    form.hidden = false;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      void send(form);
    });
  }
}
