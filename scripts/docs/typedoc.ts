/** What TypeDoc makes of the declarations that users get: the content of a page for each exported thing. */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  Application,
  type Context,
  Converter,
  type DeclarationReflection,
  DefaultTheme,
  type DefaultThemeRenderContext,
  JSX,
  PageEvent,
  type ProjectReflection,
  type Reflection,
  ReflectionKind,
  ReflectionType,
  TypeDocReader,
} from 'typedoc';
import { entries } from '../lib/entries.ts';
import { root } from '../lib/run.ts';

/** The content of one page. */
export interface Described {
  /** Below the reference's folder. */
  readonly url: string;
  readonly name: string;
  /** `function`, `interface` … */
  readonly kind: string;
  /** Of the entry that exports it. */
  readonly module: string;
  readonly summary: string;
  readonly html: string;
  readonly headings: readonly { readonly id: string; readonly text: string }[];
}

const nothing = (): JSX.Element => JSX.createElement(JSX.Fragment, null);

const kindOf = (reflection: Reflection): string =>
  ReflectionKind.singularString(reflection.kind).toLowerCase();

/** The entry that exports it. */
const moduleOf = (reflection: Reflection): Reflection =>
  reflection.parent && !reflection.kindOf(ReflectionKind.Module)
    ? moduleOf(reflection.parent)
    : reflection;

/** TypeDoc's pages without a frame, since the site has one, and without what is twice on a page. */
class ContentTheme extends DefaultTheme {
  override getRenderContext(page: PageEvent<Reflection>): DefaultThemeRenderContext {
    const context = super.getRenderContext(page);
    context.defaultLayout = (template, props) =>
      JSX.createElement(JSX.Fragment, null, context.header(props), template(props));
    context.index = nothing;
    context.memberSources = nothing;
    context.reflectionPreview = () => undefined;
    context.header = ({ model }) => {
      const module = moduleOf(model);
      const title = JSX.createElement('h1', null, model.name);
      if (module === model) return title;
      const link = JSX.createElement('a', { href: context.urlTo(module) ?? '' }, module.name);
      const above = JSX.createElement('p', { class: 'tsd-above' }, link, ` · ${kindOf(model)}`);
      return JSX.createElement(JSX.Fragment, null, above, title);
    };
    return context;
  }
}

/** As the site has headings, and without icons: a file may not use those of another file. */
const adapt = (html: string): string =>
  html
    .replace(/^<!DOCTYPE html>/i, '')
    // A question mark says the first, and nearly everything is the second.
    .replaceAll(/<code class="tsd-tag">(?:Optional|Readonly)<\/code>\s*/g, '')
    .replaceAll(/<svg[^>]*><use href="[^"]*"><\/use><\/svg>\s*/g, '')
    // Groups to fold would be headings inside of buttons, and with links inside.
    .replaceAll(/<details[^>]*><summary[^>]*>([^]*?)<\/summary>/g, '<section>$1')
    .replaceAll('</details>', '</section>')
    .replaceAll('<h2 class="tsd-anchor-link" id=', '<h2 class="tsd-group" id=')
    .replaceAll(/<h([3-6]) class="tsd-anchor-link" id=/g, '<h$1 id=')
    .replaceAll(
      /<pre>(<code[^>]*>[^]*?<\/code>)(?:<button[^]*?<\/button>)?<\/pre>/g,
      '<div class="code"><pre>$1</pre></div>',
    )
    .replaceAll(
      /<a href="#([^"]*)" aria-label="Permalink" class="tsd-anchor-icon"><\/a>/g,
      '<a class="anchor" href="#$1" aria-label="Link to this">#</a>',
    );

const pageOf = (page: PageEvent<Reflection>): Described => ({
  url: page.url,
  name: page.model.name,
  kind: kindOf(page.model),
  module: moduleOf(page.model).name,
  summary: textOf(page.model).split(/\n\s*\n/)[0] ?? '',
  html: adapt(page.contents ?? ''),
  headings: page.pageSections
    .flatMap(({ headings }) => headings)
    .filter(({ link }) => link.startsWith('#'))
    .map(({ link, text }) => ({ id: link.slice(1), text })),
});

const textOf = (reflection: Reflection): string => {
  const comment =
    reflection.comment ?? (reflection as DeclarationReflection).signatures?.[0]?.comment;
  return (comment?.summary ?? []).map(({ text }) => text).join('');
};

/** A declaration has `const name: (…) => …` for a function of the source; readers look for a function. */
const makeFunctions = (project: ProjectReflection): void => {
  for (const one of project.getReflectionsByKind(ReflectionKind.Variable)) {
    const variable = one as DeclarationReflection;
    if (!(variable.type instanceof ReflectionType)) continue;
    const { signatures } = variable.type.declaration;
    if (!signatures) continue;
    for (const signature of signatures) {
      signature.parent = variable;
      signature.name = variable.name;
    }
    variable.kind = ReflectionKind.Function;
    variable.signatures = signatures;
    delete variable.type;
  }
};

/** `generated/` has its descriptions under a tag. */
const takeDescriptions = (project: ProjectReflection): void => {
  for (const { comment } of Object.values(project.reflections)) {
    const description = comment?.getTag('@description');
    if (!comment || !description) continue;
    if (comment.summary.length === 0) comment.summary = description.content;
    comment.removeTags('@description');
  }
};

const isOption = (reflection: Reflection): boolean =>
  reflection.kindOf(ReflectionKind.Property) &&
  reflection.parent?.kindOf(ReflectionKind.Interface) === true &&
  reflection.parent.name.endsWith('Options');

/** What users have to look up, and find nothing about: everything exported, and every option. */
const undocumented = (project: ProjectReflection): readonly string[] =>
  Object.values(project.reflections)
    .filter((one) => one.parent?.kindOf(ReflectionKind.Module) === true || isOption(one))
    .filter((one) => !one.kindOf(ReflectionKind.Reference) && textOf(one).trim() === '')
    .map((one) => one.getFullName());

const nameOf = (entry: string): string => entry.replace(/^\./, 'tallywire');

/** TypeDoc takes what a tsconfig.json names, and that of the project names everything. */
const writeConfig = async (folder: string, files: readonly string[]): Promise<string> => {
  const path = join(folder, 'tsconfig.json');
  const config = { extends: join(root, 'tsconfig.json'), compilerOptions: { paths: {} } };
  await writeFile(path, JSON.stringify({ ...config, include: [], files }));
  return path;
};

/** @throws Error for links that lead nowhere, and for what is not documented. */
export const describe = async (): Promise<readonly Described[]> => {
  const folder = join(root, '.cache', `typedoc-${process.pid}`);
  await mkdir(folder, { recursive: true });
  // The first one that exports a thing describes it, and that is not the one with everything.
  const ordered = entries.toSorted((a, b) => Number(a.name === '.') - Number(b.name === '.'));
  const files = ordered.map(({ module }) => join(root, 'dist', `${module}.d.ts`));
  try {
    const tsconfig = await writeConfig(folder, files);
    const app = await Application.bootstrap({ entryPoints: files, tsconfig, options: root }, [
      new TypeDocReader(),
    ]);
    app.renderer.defineTheme('content', ContentTheme);
    app.options.setValue('theme', 'content');
    app.converter.on(Converter.EVENT_RESOLVE_BEGIN, ({ project }: Context) =>
      makeFunctions(project),
    );
    const project = await app.convert();
    if (!project) throw new Error('TypeDoc could not read the declarations');
    const modules = new Map(
      ordered.map(({ module, name }) => [module.replace(/^src\/|\/?index$/g, ''), nameOf(name)]),
    );
    for (const module of project.children ?? []) {
      module.name = modules.get(module.name.replace(/\/?index$/, '')) ?? module.name;
    }
    takeDescriptions(project);
    app.validate(project);
    const missing = undocumented(project);
    if (missing.length > 0) throw new Error(`Not documented:\n${missing.join('\n')}`);

    const pages: Described[] = [];
    app.renderer.on(PageEvent.END, (page: PageEvent) => {
      if (page.isReflectionEvent()) pages.push(pageOf(page));
    });
    await app.generateDocs(project, join(folder, 'html'));
    if (app.logger.hasErrors() || app.logger.hasWarnings())
      throw new Error('TypeDoc has complaints');
    return pages;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};
