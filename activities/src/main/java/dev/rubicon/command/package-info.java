/** Programs of the owner's that run on this machine: checks, and tools that build canonical. */
package dev.rubicon.command;
