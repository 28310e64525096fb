/** Who signs decisions, and whose signatures are believed. */
package dev.rubicon.signing;
