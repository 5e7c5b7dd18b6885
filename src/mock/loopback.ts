/** Whether a name of a host, in lower case, can mean nothing but this machine. */
export const isLoopbackName = (name: string): boolean =>
  /^(localhost|[\w.-]+\.localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(name);
