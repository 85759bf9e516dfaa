/** Settings from file, environment and command line, bound to validated records. */
@NullMarked
package dev.signalbox.platform.config;

import org.jspecify.annotations.NullMarked;
