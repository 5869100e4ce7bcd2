/**
 * Stands for several commands that are analysed together, so that none of them can be named.
 */
export const SEVERAL = 'several';
