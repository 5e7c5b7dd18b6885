/** A mistake in the command line that only shows when its options meet what they are about. */
export class Mistake extends Error {}
