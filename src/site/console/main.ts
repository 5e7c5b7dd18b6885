/**
 * The console: gives Elements the document of the page, with the emulator as its only server and the
 * emulator's test keys filled in, and says whether there is an emulator that answers.
 */
import { findEmulator, type Emulator } from './emulator.ts';
import { mendNames } from './mend-names.ts';
import { showState } from './state.ts';

interface Server {
  readonly url: string;
  readonly description: string;
}

/** What Elements shows; as its element has it. */
interface Elements extends HTMLElement {
  apiDescriptionDocument: object;
}

/** Of the emulator, which has no others unless it is told so. By the names in the documents. */
const keys = {
  apiKey: 'test_reo_key',
  merchantToken: 'test_reportei_token',
  customerToken: 'test_customer_token',
};

/** Elements keeps keys under this name. What somebody has filled in stays. */
const fillKeysIn = (): void => {
  const name = 'TryIt_securitySchemeValues';
  try {
    const kept = JSON.parse(localStorage.getItem(name) ?? '{}') as object;
    localStorage.setItem(name, JSON.stringify({ ...keys, ...kept }));
  } catch {
    // Nothing can be kept here. They are shown above the console.
  }
};

const showDocument = (place: Element, { url }: Emulator, base: string): void => {
  const text = document.getElementById('document')?.textContent ?? '{}';
  const servers: readonly Server[] = [{ url: `${url}${base}`, description: 'The local emulator' }];
  const elements = document.createElement('elements-api') as Elements;
  elements.setAttribute('router', 'hash');
  elements.setAttribute('layout', 'responsive');
  elements.setAttribute('hideExport', 'true');
  // The reference has them.
  elements.setAttribute('hideSchemas', 'true');
  elements.setAttribute('tryItCredentialsPolicy', 'omit');
  place.append(elements);
  mendNames(elements);
  // It takes its properties from its attributes when it is put in place, so not before.
  elements.apiDescriptionDocument = { ...(JSON.parse(text) as object), servers };
};

const start = (): void => {
  const main = document.querySelector<HTMLElement>('.console');
  const place = main?.querySelector('.console-elements');
  const state = main?.querySelector('.console-state');
  const { name = '', base = '' } = main?.dataset ?? {};
  if (!place || !state) return;
  fillKeysIn();
  const emulator = findEmulator();
  showDocument(place, emulator, base);
  showState(state, emulator, name);
};

start();
