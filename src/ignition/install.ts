/** A document that machines can fetch. */
export interface Published {
  name: string;
  url: string;
  /** `sha512-…` of its bytes. */
  hash: string;
}

/** How to install from a document: each way with what to type. */
export function installWays({ name, url, hash }: Published): { title: string; lines: string[] }[] {
  const insecure = url.startsWith('http:') ? ' --insecure-ignition' : '';
  return [
    {
      title: 'From the live system, on a disk',
      lines: [
        `coreos-installer install /dev/DISK --ignition-url ${url} --ignition-hash ${hash}${insecure}`,
      ],
    },
    {
      title: 'Kernel arguments of the live system, without a disk',
      lines: [`ignition.firstboot ignition.platform.id=metal ignition.config.url=${url}`],
    },
    {
      title: 'In QEMU, from a copy of the document',
      lines: [`qemu-system-x86_64 … -fw_cfg name=opt/com.coreos/config,file=${name}`],
    },
  ];
}

export function installText(published: Published): string {
  const ways = installWays(published).map(({ title, lines }) =>
    [`${title}:`, ...lines.map((line) => `  ${line}`)].join('\n'),
  );
  return `${ways.join('\n\n')}\n`;
}

/** The same as a page for browsers, which leads to another one where that is named. */
export function installPage(published: Published, status?: string): string {
  const { name, url, hash } = published;
  const ways = installWays(published).map(
    ({ title, lines }) => `<h2>${html(title)}</h2>\n<pre>${html(lines.join('\n'))}</pre>`,
  );
  const link = status ? `\n<p><a href="${html(status)}">How the images stand</a></p>` : '';
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${html(name)}</title>
<style>:root { color-scheme: light dark }
body { font: 1rem/1.5 sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; overflow-wrap: anywhere }
pre { background: #eee; color: #111; padding: 1rem; overflow: auto }</style>
<h1>Install with ${html(name)}</h1>
<p><a href="${html(name)}">${html(url)}</a></p>
<pre>${html(hash)}</pre>
${ways.join('\n')}${link}
</html>
`;
}

function html(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
