/** How each kind of object that belongs to no table is made, dropped and altered. */
package dev.rubicon.repair.object;
