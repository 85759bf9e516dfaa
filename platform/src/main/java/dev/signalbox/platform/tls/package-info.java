/** Certificates that services read from settings, tasks and definitions. */
@NullMarked
package dev.signalbox.platform.tls;

import org.jspecify.annotations.NullMarked;
