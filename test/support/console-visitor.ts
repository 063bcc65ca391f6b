/** A form of a page, with what the browser would send by itself. */
export interface Form {
  readonly action: string;
  readonly fields: Readonly<Record<string, string>>;
  /** Whether the browser asks once more. */
  readonly confirmed: boolean;
  readonly html: string;
}

export interface Visited {
  readonly status: number;
  /** Milliseconds until the whole page was there. */
  readonly ms: number;
  readonly bytes: number;
  /** Path of the page that was shown at last, after redirects. */
  readonly path: string;
  readonly body: string;
  readonly forms: readonly Form[];
}

/** A person at the console of a process. What is sent is what a browser sends: the session's cookie, and a form's hidden fields. */
export interface Visitor {
  /** Types an address. */
  open(path: string): Promise<Visited>;
  /** Clicks a link of the page that is shown. @throws if it has none to this path */
  follow(path: string): Promise<Visited>;
  /** Fills in a form of the page that is shown, and sends it. @throws if it has none with this action */
  submit(action: string, fields: Readonly<Record<string, string>>, has?: string): Promise<Visited>;
  /** Links and buttons so far. */
  clicks(): number;
}

/** Begins at the overview of a console without keys, which is open to this machine. */
export async function visitConsole(address: string): Promise<Visitor> {
  const first = await fetch(address);
  await first.arrayBuffer();
  const cookie = first.headers.getSetCookie()[0]?.split(';')[0] ?? '';
  let clicks = 0;

  async function get(path: string, since = performance.now()): Promise<Visited> {
    const answer = await fetch(address + path, { headers: { cookie }, redirect: 'manual' });
    return pageOf(path, answer, since);
  }
  async function pageOf(path: string, answer: Response, since: number): Promise<Visited> {
    const bytes = Buffer.from(await answer.arrayBuffer());
    const next = answer.headers.get('location');
    if (next !== null) return get(next, since);
    const ms = performance.now() - since;
    const body = await withLater(bytes.toString());
    return { status: answer.status, ms, bytes: bytes.byteLength, path, body, forms: formsIn(body) };
  }
  /** What a page fetches once it is there. */
  async function withLater(body: string): Promise<string> {
    const [, path] = /data-live="([^"]+)" data-once/.exec(body) ?? [];
    if (path === undefined) return body;
    const answer = await fetch(address + path, { headers: { cookie } });
    return body + (await answer.text());
  }
  let shown = await get('/');
  const show = async (page: Promise<Visited>) => (shown = await page);

  return {
    open: (path) => show(get(path)),
    follow: (path) => {
      if (!shown.body.includes(`href="${escaped(path)}"`))
        throw new Error(`${shown.path} has no link to ${path}`);
      clicks += 1;
      return show(get(path));
    },
    submit: async (action, fields, has = '') => {
      const form = shown.forms.find((each) => each.action === action && each.html.includes(has));
      if (!form) throw new Error(`${shown.path} has no form ${action} ${has}`);
      clicks += form.confirmed ? 2 : 1;
      const since = performance.now();
      const answer = await fetch(address + action, {
        method: 'POST',
        headers: { cookie, origin: address, 'content-type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams({ ...form.fields, ...fields }).toString(),
        redirect: 'manual',
      });
      return show(pageOf(action, answer, since));
    },
    clicks: () => clicks,
  };
}

function formsIn(body: string): Form[] {
  return body
    .split('<form')
    .slice(1)
    .map((rest) => {
      const [html = ''] = rest.split('</form>');
      const [head = ''] = html.split('>');
      const hidden = [...html.matchAll(/<input\s[^>]*type="hidden"[^>]*>/g)].map(([input]) => [
        attribute(input, 'name'),
        attribute(input, 'value'),
      ]);
      return {
        action: attribute(head, 'action'),
        fields: Object.fromEntries(hidden) as Record<string, string>,
        confirmed: head.includes('data-confirm'),
        html,
      };
    });
}

function attribute(element: string, name: string): string {
  return unescaped(new RegExp(`\\b${name}="([^"]*)"`).exec(element)?.[1] ?? '');
}

const ENTITIES: Readonly<Record<string, string>> = {
  ...{ amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'", '#96': '`' },
};

/** A text of a page as a person reads it. */
export function unescaped(text: string): string {
  return text.replace(/&(amp|lt|gt|quot|#39|#96);/g, (_, name: string) => ENTITIES[name] ?? '');
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;');
}
