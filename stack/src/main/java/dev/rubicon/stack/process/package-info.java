/** Programs that are started beside this JVM, watched, and the ports they listen on. */
package dev.rubicon.stack.process;
