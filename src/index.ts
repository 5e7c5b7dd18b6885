export * from './reo/index.ts';
export * from './reportei/index.ts';
