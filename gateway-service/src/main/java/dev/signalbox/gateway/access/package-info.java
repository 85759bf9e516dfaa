/** Who may call what: bearer tokens and their roles. */
@NullMarked
package dev.signalbox.gateway.access;

import org.jspecify.annotations.NullMarked;
