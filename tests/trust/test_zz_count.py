import asyncio,collections,time,gc
from tests.trust import paths
from tests.trust.test_paired import *
c=collections.Counter();t=collections.Counter()
o=paths.answer
def test_c(scene,tmp_path):
    orig=paths.asks
    def asks(*a):
        for p,l,k in orig(*a):
            n=p.split()[0]+(' '+p.split()[1] if p.split()[0] in('form','button','search') else '')
            c[n]+=1
            s=time.perf_counter(); yield p,l,k; t[n]+=time.perf_counter()-s
    paths.asks=asks
    s=time.perf_counter(); look(scene,tmp_path,PLAIN,"outsider"); print(time.perf_counter()-s)
    print(sum(c.values()), t.most_common(25)); k=collections.Counter()
    for n in t: k[n.split()[0]]+=t[n]
    print(k.most_common(12), c.most_common(8))
    gc.set_threshold(50000,20,50); s=time.perf_counter(); look(scene,tmp_path,PLAIN,"outsider"); print('gc',time.perf_counter()-s)
