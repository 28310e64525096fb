/** SQL that somebody else wrote: its tokens, what it is, and whether it reaches beyond. */
package dev.rubicon.statement;
