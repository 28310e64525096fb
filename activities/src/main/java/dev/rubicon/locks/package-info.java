/**
 * How the engine takes locks that clients would wait behind: in short transactions, again and
 * again.
 */
package dev.rubicon.locks;
