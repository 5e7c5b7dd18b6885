/** Why a row cannot be sent, in words that hold nothing of its values. */
export class BadRow extends Error {}
