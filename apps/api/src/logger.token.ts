/** By this the parts that log are handed the service's logger. */
export const loggerToken = Symbol('logger');
