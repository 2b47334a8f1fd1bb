import sys, pathlib, collections
from specc.driver import Compilation
from specc.backends.python.package import print_package
from specc.backends.python.names import package_name
out=pathlib.Path(sys.argv[1])
for s in sys.argv[2:]:
    c=Compilation(s); assert not c.diagnostics, c.diagnostics
    name=package_name(pathlib.Path(s).stem)
    files=print_package(c.program,name)
    n=collections.Counter()
    for p,t in files.items():
        f=out/p; f.parent.mkdir(parents=True,exist_ok=True); f.write_text(t)
        n['support' if p.startswith('support') else p]+=t.count('\n')
    print(sum(v for k,v in n.items() if k!='support'),dict(n))
