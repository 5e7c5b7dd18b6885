// Only as much of these untyped modules as is used here, or as Prism's declarations name.
declare module 'pino' {
  export interface Logger {
    child(bindings: object): Logger;
    info(...args: readonly unknown[]): void;
    warn(...args: readonly unknown[]): void;
    error(...args: readonly unknown[]): void;
  }
  export interface LoggerOptions {
    readonly level?: string;
  }
  export interface DestinationStream {
    write(text: string): void;
  }
}

declare module 'js-yaml' {
  const yaml: {
    readonly CORE_SCHEMA: unknown;
    load(text: string, options: { readonly schema: unknown }): unknown;
  };
  export default yaml;
}
