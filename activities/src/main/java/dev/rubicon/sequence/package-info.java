/** Where sequences stand against what they feed, and how one that is behind is set. */
package dev.rubicon.sequence;
