# Caro mesh: passes standard input, a line or what the hook of a coding agent was given, to the
# service, and ends with 0 if it answers that the command may run. Otherwise it starts the guard with
# the same input, or ends with another code. What was typed is in no argument list. bash, fish and
# bin/caro.js start this, as a shell cannot open a Unix socket.
# Arguments: the path of the control socket, the shell or `agent`, the level, then the guard and its
# arguments, if it is to be started.
use strict;
use warnings;
use Socket ();

# In seconds, for everything, and for the answer.
my $LIMIT        = 1;
my $ANSWER_LIMIT = 0.1;

# In bytes. The service does not rate longer lines (SHORT_LINE, SHORT_INPUT).
my $LONGEST = 16_000;

# A JSON string. The service refuses what is not UTF-8.
sub quoted {
    my ($text) = @_;
    $text =~ s/([\x00-\x1f"\\])/sprintf '\\u%04x', ord $1/ge;
    return qq("$text");
}

sub question {
    my ( $shell, $from, $text ) = @_;
    my %body = ( from => $from, home => $ENV{HOME} // q() );
    if ( $shell eq 'agent' ) { $body{input} = $text }
    else {
        require Cwd;
        %body = ( %body, command => $text, shell => $shell, cwd => Cwd::getcwd() // q() );
    }
    my $method = $shell eq 'agent' ? 'guard.agent' : 'guard.check';
    my $params = join q(,), map { quoted($_) . q(:) . quoted( $body{$_} ) } sort keys %body;
    return qq({"jsonrpc":"2.0","id":1,"method":"$method","params":{$params}}\n);
}

# Whether the service, of this user, answers that the command may run.
sub allows {
    my ( $path, $request ) = @_;
    -S $path && -O _ or return 0;
    socket my $service, Socket::PF_UNIX(), Socket::SOCK_STREAM(), 0 or return 0;
    connect $service, Socket::pack_sockaddr_un($path) or return 0;
    ( syswrite( $service, $request ) // 0 ) == length $request or return 0;
    vec( my $waiting = q(), fileno $service, 1 ) = 1;
    select $waiting, undef, undef, $ANSWER_LIMIT or return 0;
    my $answer = readline $service;
    return ( $answer // q() ) eq qq({"jsonrpc":"2.0","id":1,"result":{"decision":"allow"}}\n);
}

my ( $path, $shell, $from, @guard ) = @ARGV;
binmode STDIN;
my $text = do { local $/ = undef; <STDIN> } // q();
$SIG{PIPE} = 'IGNORE';
my $runs = eval {
    local $SIG{ALRM} = sub { die "no answer in time\n" };
    alarm $LIMIT;
    my $answer = length $text <= $LONGEST && length( $ENV{HOME} // q() ) && allows( $path, question( $shell, $from, $text ) );
    alarm 0;
    $answer;
};
exit 0 if $runs;
alarm 0;
exit 1 if !@guard;
open my $guard, q(|-), @guard or exit 1;
binmode $guard;
print {$guard} $text;
close $guard;
exit( $? >> 8 || ( $? ? 1 : 0 ) );
