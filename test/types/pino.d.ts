// What Fastify's declarations name beyond src/mock/vendor.d.ts.
declare module 'pino' {
  export type LogFn = (...args: readonly unknown[]) => void;
  export type LevelWithSilent = string;
  export type Bindings = Readonly<Record<string, unknown>>;
  export interface ChildLoggerOptions {
    readonly level?: string;
  }
  export interface BaseLogger {
    level: string;
    fatal: LogFn;
    error: LogFn;
    warn: LogFn;
    info: LogFn;
    debug: LogFn;
    trace: LogFn;
    silent: LogFn;
  }
}
