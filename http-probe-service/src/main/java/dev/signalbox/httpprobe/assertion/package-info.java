/** What an answer must look like, and whether it does. */
@NullMarked
package dev.signalbox.httpprobe.assertion;

import org.jspecify.annotations.NullMarked;
