/** The one way JSON is read and written inside Signalbox, and read from outside. */
@NullMarked
package dev.signalbox.platform.json;

import org.jspecify.annotations.NullMarked;
